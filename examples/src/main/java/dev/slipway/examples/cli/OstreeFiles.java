// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.ostree.OstreeRepository;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that show what commits hold. */
final class OstreeFiles {
  private OstreeFiles() {}

  private static Inode inode(Tree tree, TreePath path) throws IOException {
    return tree.inode(path)
        .orElseThrow(() -> new NoSuchFileException(path.toString(), null, "not in the commit"));
  }

  @Command(name = "ls", description = "Lists paths of a commit.")
  static final class Ls extends OstreeTask {
    @Parameters(index = "0", paramLabel = "COMMIT", description = "A ref or checksum.")
    String commit;

    @Parameters(index = "1..*", paramLabel = "PATH", description = "Default: /.")
    List<String> paths = List.of("/");

    @Option(
        names = {"-R", "--recursive"},
        description = "List everything below, too.")
    boolean recursive;

    @Option(
        names = {"-d", "--dironly"},
        description = "Do not list what directories hold.")
    boolean directoryOnly;

    @Option(names = "--nul-filenames-only", description = "Print only names, each with a NUL.")
    boolean namesOnly;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      Tree tree = repository.read(repository.resolve(commit));
      var shown = new TreeSet<TreePath>();
      for (String text : paths) {
        TreePath path = TreePath.of(text);
        boolean directory = inode(tree, path) instanceof Directory;
        shown.add(path);
        if (directory && recursive) {
          tree.entries().keySet().stream().filter(p -> p.startsWith(path)).forEach(shown::add);
        } else if (directory && !directoryOnly) {
          shown.addAll(tree.children(path));
        }
      }
      if (json) {
        printJson(tree, shown, out);
        return 0;
      }
      for (TreePath path : shown) {
        out.print(namesOnly ? path + "\0" : line(path, inode(tree, path)) + "\n");
      }
      return 0;
    }

    private static void printJson(Tree tree, TreeSet<TreePath> shown, PrintWriter out)
        throws IOException {
      JsonText.print(
          out,
          generator -> {
            generator.writeStartArray();
            for (TreePath path : shown) {
              Inode inode = inode(tree, path);
              generator.writeStartObject();
              generator.writeStringField("path", path.toString());
              generator.writeStringField("type", type(inode));
              generator.writeStringField("mode", mode(inode));
              generator.writeNumberField("uid", inode.metadata().uid());
              generator.writeNumberField("gid", inode.metadata().gid());
              if (inode instanceof RegularFile file) {
                generator.writeNumberField("size", file.content().sizeBytes());
              } else if (inode instanceof Symlink link) {
                generator.writeStringField("target", link.target());
              }
              generator.writeEndObject();
            }
            generator.writeEndArray();
          });
    }

    private static String type(Inode inode) {
      return inode instanceof Directory
          ? "directory"
          : inode instanceof Symlink ? "symlink" : "file";
    }

    private static String mode(Inode inode) {
      return String.format(Locale.ROOT, "%05o", inode.metadata().mode());
    }

    /** As {@code ostree ls} prints it. */
    private static String line(TreePath path, Inode inode) {
      char type = inode instanceof Directory ? 'd' : inode instanceof Symlink ? 'l' : '-';
      long size = inode instanceof RegularFile file ? file.content().sizeBytes() : 0;
      Metadata metadata = inode.metadata();
      String target = inode instanceof Symlink link ? " -> " + link.target() : "";
      return String.format(
          Locale.ROOT,
          "%c%05o %d %d %6d %s%s",
          type,
          metadata.mode(),
          metadata.uid(),
          metadata.gid(),
          size,
          path,
          target);
    }
  }

  @Command(name = "cat", description = "Prints the contents of files.")
  static final class Cat extends OstreeTask {
    @Parameters(index = "0", paramLabel = "COMMIT", description = "A ref or checksum.")
    String commit;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH", description = "Files.")
    List<String> paths;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      Tree tree = repository.read(repository.resolve(commit));
      for (String text : paths) {
        TreePath path = TreePath.of(text);
        Optional<Inode> inode = tree.follow(path).flatMap(tree::inode);
        if (inode.isEmpty() || !(inode.get() instanceof RegularFile file)) {
          throw new NoSuchFileException(path.toString(), null, "not a file of the commit");
        }
        try (InputStream in = file.content().open()) {
          in.transferTo(System.out);
        }
      }
      System.out.flush();
      return 0;
    }
  }

  @Command(name = "diff", description = "Shows which paths differ between two commits.")
  static final class Diff extends OstreeTask {
    @Parameters(index = "0", paramLabel = "COMMIT", description = "The older one.")
    String from;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "COMMIT",
        description = "The newer one. With one commit alone, it is held against its parent.")
    String to;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      String older = to == null ? from + "^" : from;
      String newer = to == null ? from : to;
      List<dev.slipway.ostree.RepositoryDiff.Change> changes =
          repository.diff(repository.resolve(older), repository.resolve(newer));
      if (json) {
        JsonText.print(
            out,
            generator -> {
              generator.writeStartArray();
              for (var change : changes) {
                generator.writeStartObject();
                generator.writeStringField("kind", change.kind().name().toLowerCase(Locale.ROOT));
                generator.writeStringField("path", change.path().toString());
                generator.writeEndObject();
              }
              generator.writeEndArray();
            });
      } else {
        changes.forEach(
            change -> out.println(change.kind().name().charAt(0) + "    " + change.path()));
      }
      return 0;
    }
  }
}
