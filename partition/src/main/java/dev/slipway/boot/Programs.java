// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Collects programs and every library they need, from the trees of unpacked packages.
 *
 * <p>Libraries are looked for where Debian's loader looks by default, in the tree that the program
 * came from, so that program and library fit together. Of the directories that are each for one
 * architecture ({@code /usr/lib/x86_64-linux-gnu}), the one that holds the program's own loader
 * comes first: so no architecture needs to be known by name here.
 */
final class Programs {
  private static final long FILE_BYTES_MAX = 64L << 20;

  /** Where libraries lie that are in no directory of one architecture. */
  private static final List<String> PLAIN_DIRECTORIES =
      List.of("/usr/lib", "/lib", "/usr/lib64", "/lib64");

  /** The libraries of one program: where they may lie, best first. */
  private record Libraries(PackageFiles files, List<String> directories) {
    static Libraries of(PackageFiles files, Optional<String> loader) {
      var mine = new ArrayList<String>();
      var others = new ArrayList<String>();
      for (String directory : files.multiarchDirectories()) {
        boolean hasLoader =
            loader.isPresent() && files.find(directory + "/" + nameOf(loader.get())).isPresent();
        (hasLoader ? mine : others).add(directory);
      }
      mine.addAll(PLAIN_DIRECTORIES);
      mine.addAll(others);
      return new Libraries(files, mine);
    }

    Optional<Content> find(String name) {
      return directories.stream()
          .flatMap(directory -> files.find(directory + "/" + nameOf(name)).stream())
          .findFirst();
    }

    private static String nameOf(String path) {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  private final List<Tree> trees;
  private final Map<String, Content> found = new TreeMap<>();

  /** Looks into the trees in their order. */
  Programs(List<Tree> trees) {
    this.trees = trees;
  }

  /** Adds a program, found in one of the directories for programs, under a path of our choice. */
  void add(String name, String target, String packageName) throws IOException {
    for (Tree tree : trees) {
      var files = new PackageFiles(tree);
      for (String directory : List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin")) {
        Optional<Content> program = files.find(directory + "/" + name);
        if (program.isPresent()) {
          add(files, directory + "/" + name, target, program.get());
          return;
        }
      }
    }
    throw new IllegalArgumentException(
        "the initramfs needs " + name + "; add the package " + packageName);
  }

  private void add(PackageFiles files, String path, String target, Content program)
      throws IOException {
    found.put(target, program);
    var open = new ArrayDeque<Map.Entry<String, Content>>();
    open.add(Map.entry(path, program));
    var libraries = new Libraries(files, PLAIN_DIRECTORIES);
    while (!open.isEmpty()) {
      var next = open.remove();
      byte[] bytes = PackageFiles.bounded(next.getKey(), next.getValue(), FILE_BYTES_MAX);
      ElfImage elf = ElfImage.read(next.getKey(), bytes);
      Optional<String> loader = elf.interpreter();
      if (next.getKey().equals(path)) {
        libraries = Libraries.of(files, loader);
      }
      if (loader.isPresent()) {
        if (found.containsKey(loader.get())) {
          requireSame(libraries, next.getKey(), loader.get(), found.get(loader.get()));
        } else {
          found.put(loader.get(), library(libraries, next.getKey(), loader.get()));
        }
      }
      for (String needed : elf.needed()) {
        // all in one directory that the loader knows: a multiarch path would be as good
        String place = "/lib/" + needed;
        Optional<Content> before =
            found.entrySet().stream()
                .filter(known -> known.getKey().endsWith("/" + needed))
                .map(Map.Entry::getValue)
                .findFirst();
        if (before.isPresent()) {
          requireSame(libraries, next.getKey(), needed, before.get());
        } else {
          Content library = library(libraries, next.getKey(), needed);
          found.put(place, library);
          open.add(Map.entry(needed, library));
        }
      }
    }
  }

  private static Content library(Libraries libraries, String user, String name)
      throws FormatException {
    return libraries
        .find(name)
        .orElseThrow(
            () ->
                new FormatException(
                    user
                        + ": needs "
                        + name
                        + ", which is in none of the library directories of the tree"));
  }

  /** Two programs share a library only when each came with the same. */
  private static void requireSame(Libraries libraries, String user, String name, Content before) {
    Optional<Content> own = libraries.find(name);
    if (own.isPresent() && !own.get().digest().equals(before.digest())) {
      throw new IllegalArgumentException(
          user
              + ": the "
              + name
              + " beside it is not the one that another program of the initramfs came with; take"
              + " all its programs from one release of the distribution");
    }
  }

  /** Path to content, all of them to be executable. */
  Map<String, Content> files() {
    return found;
  }
}
