// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies a static delta: its parts one after the other, all objects in one transaction. */
final class DeltaApplication {
  /** Where the parts of a delta come from: a directory, or a server. */
  @FunctionalInterface
  interface Parts {
    InputStream open(int number) throws IOException;
  }

  /** Which parts to apply, of those that make something that is not here. */
  @FunctionalInterface
  interface Choice {
    boolean takes(int number, List<ObjectName> missing);
  }

  private final OstreeRepository repository;
  private final DeltaSuperblock superblock;
  private final DeltaLimits limits;
  private final String source;

  DeltaApplication(
      OstreeRepository repository, DeltaSuperblock superblock, DeltaLimits limits, String source) {
    this.repository = repository;
    this.superblock = superblock;
    this.limits = limits;
    this.source = source;
  }

  /** Adds all objects and the commit, in a transaction of their own. */
  void run(Parts parts, Progress progress) throws IOException {
    requireBase();
    try (Transaction transaction = repository.begin()) {
      addObjects(transaction, parts, (number, missing) -> true, progress);
      requireWhole(transaction);
      transaction.writeMetadata(ObjectType.COMMIT, superblock.commit().toBytes());
      Optional<VariantDict> detached = superblock.detached();
      Digest commit = superblock.name().to();
      // What is here already may hold signatures that were made after the delta.
      if (detached.isPresent() && !repository.has(ObjectName.commitMeta(commit))) {
        transaction.writeDetached(commit, detached.get().toBytes());
      }
      transaction.commit();
    }
  }

  /**
   * Adds what the chosen parts make to a transaction; the commit is not among it. Parts that add
   * nothing are passed over.
   */
  void addObjects(Transaction transaction, Parts parts, Choice choice, Progress progress)
      throws IOException {
    List<Integer> wanted = wanted(transaction, choice);
    long total = wanted.stream().mapToLong(i -> superblock.parts().get(i).sizeBytes()).sum();
    try (Task task = progress.start("applying static delta", total)) {
      Path work = transaction.workDirectory();
      for (int i : wanted) {
        apply(transaction, i, parts, work);
        task.advance(superblock.parts().get(i).sizeBytes());
      }
    }
  }

  private List<Integer> wanted(Transaction transaction, Choice choice) throws FormatException {
    var wanted = new ArrayList<Integer>();
    for (int i = 0; i < superblock.parts().size(); i++) {
      Part part = superblock.parts().get(i);
      if (part.sizeBytes() > limits.partBytes()) {
        throw new FormatException(
            place(i) + ": a part of " + part.sizeBytes() + " bytes, at most " + limits.partBytes());
      }
      List<ObjectName> missing =
          part.objects().stream().filter(object -> !transaction.has(object)).toList();
      if (!missing.isEmpty() && choice.takes(i, missing)) {
        wanted.add(i);
      }
    }
    return wanted;
  }

  private String place(int part) {
    return source + ": part " + part;
  }

  private void requireBase() throws IOException {
    var from = superblock.name().from();
    if (from.isPresent() && !repository.has(ObjectName.commit(from.get()))) {
      throw new IOException(
          source + ": starts at commit " + from.get() + ", which this repository does not have");
    }
    for (DeltaSuperblock.Fallback fallback : superblock.fallbacks()) {
      if (!repository.has(fallback.object())) {
        throw new IOException(
            source + ": does not hold " + fallback.object() + ", which must be fetched before");
      }
    }
  }

  /** A commit that lacks something must not be taken for a whole one. */
  private void requireWhole(Transaction transaction) throws IOException {
    Commit commit = Commit.of(superblock.commit(), source);
    require(transaction, ObjectName.dirMeta(commit.meta()));
    var seen = new DigestSet();
    var waiting = new ArrayDeque<Digest>(List.of(commit.tree()));
    while (!waiting.isEmpty()) {
      ObjectName name = ObjectName.dirTree(waiting.pop());
      require(transaction, name);
      DirTree tree = DirTree.read(transaction.metadata(name), name.toString());
      for (DirTree.FileEntry file : tree.files()) {
        require(transaction, ObjectName.file(file.checksum()));
      }
      for (DirTree.DirectoryEntry below : tree.directories()) {
        require(transaction, ObjectName.dirMeta(below.meta()));
        if (seen.add(below.tree())) {
          waiting.push(below.tree());
        }
      }
    }
  }

  private void require(Transaction transaction, ObjectName name) throws FormatException {
    if (!transaction.has(name)) {
      throw new FormatException(
          source + ": does not make " + name + ", which its commit needs and which is not here");
    }
  }

  private void apply(Transaction transaction, int number, Parts parts, Path work)
      throws IOException {
    String place = place(number);
    Part part = superblock.parts().get(number);
    Optional<byte[]> inline = superblock.inline(number);
    InputStream file =
        inline.isPresent() ? new ByteArrayInputStream(inline.get()) : parts.open(number);
    try (PartInput input = PartInput.open(file, part, limits, work, place);
        var application =
            new PartApplication(
                repository, transaction, input, part.objects(), limits, work, place)) {
      application.run();
    }
  }
}
