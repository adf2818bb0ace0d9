// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.deb.DebFile;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Task;
import dev.slipway.store.Blob;
import dev.slipway.store.Key;
import dev.slipway.store.PackWriter;
import dev.slipway.store.Store;
import dev.slipway.store.StoredTree;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Unpacks packages side by side, each into a pack of the store, and each only once in the store's
 * life.
 *
 * <p>The largest go first, so that no thread is left alone with one of them at the end. A thread
 * holds one decoder's window and one pack's buffer; contents go straight to the store.
 */
final class UnpackedStore {
  private static final int VERSION = 1;

  private final Store store;
  private final int threads;

  UnpackedStore(Store store, int threads) {
    this.store = store;
    this.threads = threads;
  }

  /** The packages in the order they were given. */
  List<UnpackedPackage> unpack(List<Blob> debs, Task task) throws IOException {
    var queue = new ArrayList<>(debs);
    queue.sort(Comparator.comparingLong(Blob::size).reversed().thenComparing(Blob::digest));
    Map<Digest, UnpackedPackage> done = new ConcurrentHashMap<>();
    Parallel.forEach(
        queue,
        threads,
        "unpack",
        blob -> {
          done.put(blob.digest(), unpack(blob));
          task.advance(blob.size());
        });
    var all = new ArrayList<UnpackedPackage>();
    debs.forEach(blob -> all.add(done.get(blob.digest())));
    return all;
  }

  private UnpackedPackage unpack(Blob blob) throws IOException {
    String name = blob.label().isEmpty() ? blob.digest() + ".deb" : blob.label();
    Key key = Key.of("unpacked package", VERSION).with("deb", blob.digest());
    try (BlockSource source = blob.open()) {
      DebFile deb = DebFile.read(source, name);
      DebPackage about = DebPackage.of(deb);
      Optional<byte[]> kept = store.result(key);
      if (kept.isPresent()) {
        return read(about, kept.get());
      }
      requireWhole(blob, name);
      try (PackWriter pack = store.newPack("files of " + name)) {
        UnpackedPackage unpacked = UnpackedPackage.read(deb, about, pack);
        pack.commit();
        StoredTree stored = StoredTree.write(store, unpacked.tree(), "tree of " + name);
        store.putResult(key, bytes(stored, unpacked.order()), stored.blobs());
        return unpacked;
      }
    }
  }

  /** What lay on a disk since it was fetched may have gone bad there. */
  private static void requireWhole(Blob blob, String name) throws IOException {
    try (InputStream in = blob.source().open()) {
      Digest found = Digest.of(in);
      if (!found.equals(blob.digest())) {
        throw new FormatException(
            name
                + ": damaged in the store: digest: found "
                + found
                + ", expected "
                + blob.digest()
                + "; run \"slipway store verify\", then build again");
      }
    }
  }

  /**
   * The digest of the stored tree, then the paths in order, all ended by NUL: a name may hold
   * anything else.
   */
  private static byte[] bytes(StoredTree stored, List<TreePath> order) {
    var out = new StringBuilder(stored.digest().hex()).append('\0');
    order.forEach(path -> out.append(path.relative()).append('\0'));
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private UnpackedPackage read(DebPackage about, byte[] bytes) throws IOException {
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\0", -1);
    Tree tree = StoredTree.read(store, Digest.parse(parts[0]));
    var order = new ArrayList<TreePath>();
    for (int i = 1; i < parts.length - 1; i++) {
      order.add(TreePath.of(parts[i]));
    }
    return new UnpackedPackage(about, order, tree);
  }
}
