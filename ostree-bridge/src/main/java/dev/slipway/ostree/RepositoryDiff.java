// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which paths differ between two commits, found by checksums alone: directories that are the same
 * are not looked into.
 */
public final class RepositoryDiff {
  /** What happened to a path. */
  public enum Kind {
    ADDED,
    DELETED,
    MODIFIED
  }

  /** A path that differs. */
  public record Change(Kind kind, TreePath path) {}

  /** What stands at a name: its content, and for directories its metadata. */
  private record Entry(boolean directory, Digest content, Digest meta) {}

  private final OstreeRepository repository;
  private final List<Change> changes = new ArrayList<>();

  private RepositoryDiff(OstreeRepository repository) {
    this.repository = repository;
  }

  static List<Change> between(OstreeRepository repository, Digest older, Digest newer)
      throws IOException {
    Commit from = repository.commit(older);
    Commit to = repository.commit(newer);
    var diff = new RepositoryDiff(repository);
    if (!from.meta().equals(to.meta())) {
      diff.changes.add(new Change(Kind.MODIFIED, TreePath.ROOT));
    }
    diff.compare(TreePath.ROOT, from.tree(), to.tree());
    diff.changes.sort(Comparator.comparing(Change::path));
    return List.copyOf(diff.changes);
  }

  private void compare(TreePath path, Digest older, Digest newer) throws IOException {
    if (older.equals(newer)) {
      return;
    }
    Map<String, Entry> before = entries(older);
    for (Map.Entry<String, Entry> each : entries(newer).entrySet()) {
      TreePath place = path.child(each.getKey());
      Entry now = each.getValue();
      Entry was = before.remove(each.getKey());
      if (was == null || was.directory() != now.directory()) {
        changes.add(new Change(was == null ? Kind.ADDED : Kind.MODIFIED, place));
        addAll(Kind.DELETED, place, was);
        addAll(Kind.ADDED, place, now);
      } else if (!was.directory()) {
        if (!was.content().equals(now.content())) {
          changes.add(new Change(Kind.MODIFIED, place));
        }
      } else {
        if (!was.meta().equals(now.meta())) {
          changes.add(new Change(Kind.MODIFIED, place));
        }
        compare(place, was.content(), now.content());
      }
    }
    for (Map.Entry<String, Entry> gone : before.entrySet()) {
      TreePath place = path.child(gone.getKey());
      changes.add(new Change(Kind.DELETED, place));
      addAll(Kind.DELETED, place, gone.getValue());
    }
  }

  /** Everything below a directory. */
  private void addAll(Kind kind, TreePath path, Entry entry) throws IOException {
    if (entry == null || !entry.directory()) {
      return;
    }
    for (Map.Entry<String, Entry> below : entries(entry.content()).entrySet()) {
      TreePath place = path.child(below.getKey());
      changes.add(new Change(kind, place));
      addAll(kind, place, below.getValue());
    }
  }

  private Map<String, Entry> entries(Digest tree) throws IOException {
    DirTree dirTree = repository.dirTree(tree);
    var all = new HashMap<String, Entry>();
    dirTree.files().forEach(f -> all.put(f.name(), new Entry(false, f.checksum(), f.checksum())));
    dirTree.directories().forEach(d -> all.put(d.name(), new Entry(true, d.tree(), d.meta())));
    return all;
  }
}
