// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.signature.UntrustedException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Copies commits from another repository.
 *
 * <p>A commit is checked (signatures, the refs it is made for) before anything it names is fetched.
 * It is marked as partial, then directories come level by level, then files, in batches that get
 * their names as they are complete, so that a pull that died goes on where it was. Last the mark
 * goes and the refs move.
 */
final class Pull {
  private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{64}");

  /** How many objects at most are lost when the machine dies. */
  private static final int BATCH = 2000;

  private final OstreeRepository repository;
  private final ObjectSource source;
  private final PullOptions options;
  private final DeltaSource deltas;
  private final Progress progress;
  private int metadataFetched;
  private int contentsFetched;

  Pull(
      OstreeRepository repository,
      ObjectSource source,
      PullOptions options,
      DeltaSource deltas,
      Progress progress) {
    this.repository = repository;
    this.source = source;
    this.options = options;
    this.deltas = deltas;
    this.progress = progress;
  }

  /**
   * Pulls.
   *
   * @param remote the name under which refs are kept; unused by mirrors
   */
  PullReport run(String remote) throws IOException {
    Optional<ObjectSource.SignedSummary> signed = source.summary();
    Optional<Summary> summary = Optional.empty();
    if (signed.isPresent()) {
      summary = Optional.of(verified(signed.get()));
    } else if (options.summary().isWanted()) {
      throw new UntrustedException("the remote has no summary, so its signature cannot be checked");
    }
    SortedMap<String, Digest> wanted = wanted(summary);
    try (Transaction transaction = repository.begin()) {
      for (Map.Entry<String, Digest> each : wanted.entrySet()) {
        pullHistory(each.getKey(), each.getValue(), summary, transaction, remote);
      }
      transaction.commit();
      for (Map.Entry<String, Digest> each : wanted.entrySet()) {
        setRef(remote, each.getKey(), each.getValue());
      }
    }
    if (options.mirror() && signed.isPresent() && options.revisions().isEmpty()) {
      keepSummary(signed.get());
    }
    return new PullReport(wanted, metadataFetched, contentsFetched);
  }

  private Summary verified(ObjectSource.SignedSummary signed) throws IOException {
    VariantDict signatures =
        signed.signatures().isPresent()
            ? VariantDict.read(signed.signatures().get(), Summary.SIGNATURE_FILE)
            : VariantDict.empty();
    options.summary().verify(signed.bytes(), signatures, "summary");
    return Summary.read(signed.bytes(), "summary");
  }

  private SortedMap<String, Digest> wanted(Optional<Summary> summary) throws IOException {
    var wanted = new TreeMap<String, Digest>();
    if (options.revisions().isEmpty()) {
      if (summary.isEmpty()) {
        throw new IOException("the remote has no summary that lists its refs; name what is wanted");
      }
      summary.get().refs().forEach(ref -> wanted.put(ref.name(), ref.commit()));
    }
    for (String revision : options.revisions()) {
      if (CHECKSUM.matcher(revision).matches()) {
        wanted.put(revision, Digest.parse(revision));
      } else {
        wanted.put(Refs.requireName(revision), commitOf(revision, summary));
      }
    }
    return wanted;
  }

  /** A signed summary is the only word on what a ref is; an unsigned one may be behind. */
  private Digest commitOf(String ref, Optional<Summary> summary) throws IOException {
    Optional<Digest> found = Optional.empty();
    if (!options.summary().isWanted()) {
      found = source.ref(ref);
    }
    if (found.isEmpty() && summary.isPresent()) {
      found = summary.get().find(ref).map(Summary.Ref::commit);
    }
    return found.orElseThrow(() -> new NoSuchRefException("no ref \"" + ref + "\" on the remote"));
  }

  private void pullHistory(
      String revision,
      Digest head,
      Optional<Summary> summary,
      Transaction transaction,
      String remote)
      throws IOException {
    Optional<Digest> next = Optional.of(head);
    for (int depth = 0;
        next.isPresent() && (options.depth() < 0 || depth <= options.depth());
        depth++) {
      Digest commit = next.get();
      try {
        next = pull(revision, commit, depth == 0, summary, transaction, remote).parent();
      } catch (FetchException e) {
        if (depth > 0 && e.kind() == FetchException.Kind.NOT_FOUND && !partial(commit)) {
          return; // histories may be cut off
        }
        throw e;
      } catch (MissingObjectException e) {
        if (depth > 0 && e.name().equals(ObjectName.commit(commit))) {
          return;
        }
        throw e;
      }
    }
  }

  private boolean partial(Digest commit) {
    return Files.exists(repository.partialMark(commit));
  }

  private Commit pull(
      String revision,
      Digest checksum,
      boolean head,
      Optional<Summary> summary,
      Transaction transaction,
      String remote)
      throws IOException {
    ObjectName name = ObjectName.commit(checksum);
    boolean here = transaction.has(name);
    byte[] bytes = here ? repository.metadata(name) : source.metadata(name);
    Commit commit = Commit.read(bytes, name.toString());
    Optional<byte[]> detached = source.detached(checksum);
    VariantDict signatures =
        detached.isPresent()
            ? VariantDict.read(detached.get(), checksum + ".commitmeta")
            : VariantDict.empty();
    options.commits().verify(bytes, signatures, "commit " + checksum);
    if (head && Refs.isName(revision) && !CHECKSUM.matcher(revision).matches()) {
      requireBinding(commit, checksum, revision);
    }
    if (here && !partial(checksum)) {
      return commit;
    }
    Directories.replace(repository.partialMark(checksum), new byte[0], repository.syncs());
    if (detached.isPresent()) {
      transaction.writeDetached(checksum, detached.get());
    }
    transaction.writeMetadata(ObjectType.COMMIT, bytes);
    transaction.publish();
    metadataFetched += here ? 0 : 1;
    if (source.files().isPresent()) {
      deltas.apply(
          source.files().get(),
          transaction,
          bases(revision, remote, commit),
          checksum,
          summary,
          progress);
      transaction.publish();
    }
    pullTree(commit, transaction);
    transaction.publish();
    Files.deleteIfExists(repository.partialMark(checksum));
    return commit;
  }

  private static void requireBinding(Commit commit, Digest checksum, String ref)
      throws FormatException {
    boolean says = commit.metadata().find(Commit.REF_BINDING, "as").isPresent();
    if (says && !commit.refBindings().contains(ref)) {
      throw new FormatException(
          "commit "
              + checksum
              + ": is made for the refs "
              + commit.refBindings()
              + " and was offered as "
              + ref);
    }
  }

  /** Commits from which a delta may lead: what the ref was before, and the parent. */
  private List<Digest> bases(String revision, String remote, Commit commit) throws IOException {
    var bases = new ArrayList<Digest>();
    if (Refs.isName(revision)) {
      (options.mirror()
              ? repository.refs().head(revision)
              : repository.refs().remote(remote, revision))
          .ifPresent(bases::add);
    }
    commit.parent().ifPresent(bases::add);
    bases.removeIf(base -> !repository.has(ObjectName.commit(base)) || partial(base));
    return bases.stream().distinct().toList();
  }

  private void pullTree(Commit commit, Transaction transaction) throws IOException {
    var seen = new DigestSet();
    var files = new DigestSet();
    List<Digest> level = List.of(commit.tree());
    fetch(List.of(ObjectName.dirMeta(commit.meta())), transaction, Task.NONE);
    try (Task task = progress.start("fetching directories", -1)) {
      while (!level.isEmpty()) {
        fetch(level.stream().map(ObjectName::dirTree).toList(), transaction, task);
        var below = new ArrayList<Digest>();
        var metas = new ArrayList<ObjectName>();
        for (Digest each : level) {
          DirTree tree =
              DirTree.read(transaction.metadata(ObjectName.dirTree(each)), each.hex() + ".dirtree");
          tree.files().forEach(file -> files.add(file.checksum()));
          for (DirTree.DirectoryEntry entry : tree.directories()) {
            if (seen.add(entry.tree())) {
              below.add(entry.tree());
            }
            metas.add(ObjectName.dirMeta(entry.meta()));
          }
        }
        fetch(metas.stream().distinct().toList(), transaction, task);
        level = below;
      }
    }
    var missing = new ArrayList<ObjectName>();
    files.forEach(
        file -> {
          if (!transaction.has(ObjectName.file(file))) {
            missing.add(ObjectName.file(file));
          }
        });
    missing.sort(null);
    try (Task task = progress.start("fetching " + missing.size() + " files", -1)) {
      for (int from = 0; from < missing.size(); from += BATCH) {
        List<ObjectName> batch = missing.subList(from, Math.min(missing.size(), from + BATCH));
        source.copy(batch, transaction, task);
        transaction.publish();
        contentsFetched += batch.size();
      }
    }
  }

  /** Fetches metadata that is not here. */
  private void fetch(List<ObjectName> names, Transaction transaction, Task task)
      throws IOException {
    List<ObjectName> missing = names.stream().filter(name -> !transaction.has(name)).toList();
    source.copy(missing, transaction, task);
    metadataFetched += missing.size();
  }

  private void setRef(String remote, String ref, Digest commit) throws IOException {
    if (CHECKSUM.matcher(ref).matches()) {
      return;
    }
    if (options.mirror()) {
      repository.refs().setHead(ref, commit);
    } else {
      repository.refs().setRemote(remote, ref, commit);
    }
  }

  private void keepSummary(ObjectSource.SignedSummary signed) throws IOException {
    boolean sync = repository.syncs();
    Files.deleteIfExists(repository.directory().resolve(Summary.SIGNATURE_FILE));
    Directories.replace(repository.directory().resolve(Summary.FILE), signed.bytes(), sync);
    if (signed.signatures().isPresent()) {
      Directories.replace(
          repository.directory().resolve(Summary.SIGNATURE_FILE), signed.signatures().get(), sync);
    }
  }
}
