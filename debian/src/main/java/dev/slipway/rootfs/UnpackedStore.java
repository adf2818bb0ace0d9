// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

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
import dev.slipway.work.Workers;
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

  /** Reads what packages say of themselves; in the order they were given. */
  List<PackageFile> read(List<Blob> debs) throws IOException {
    Map<Blob, PackageFile> read = new ConcurrentHashMap<>();
    Workers.forEach(debs, threads, "read", blob -> read.put(blob, PackageFile.read(blob)));
    return debs.stream().map(read::get).toList();
  }

  /** The packages in the order they were given. */
  List<UnpackedPackage> unpack(List<PackageFile> files, Task task) throws IOException {
    var queue = new ArrayList<>(files);
    queue.sort(
        Comparator.comparingLong((PackageFile file) -> file.blob().size())
            .reversed()
            .thenComparing(file -> file.blob().digest()));
    Map<Digest, UnpackedPackage> done = new ConcurrentHashMap<>();
    Workers.forEach(
        queue,
        threads,
        "unpack",
        file -> {
          done.put(file.blob().digest(), unpack(file));
          task.advance(file.blob().size());
        });
    return files.stream().map(file -> done.get(file.blob().digest())).toList();
  }

  private UnpackedPackage unpack(PackageFile file) throws IOException {
    Blob blob = file.blob();
    String name = file.deb().name();
    Key key = Key.of("unpacked package", VERSION).with("deb", blob.digest());
    Optional<byte[]> kept = store.result(key);
    if (kept.isPresent()) {
      return read(file.about(), kept.get());
    }
    requireWhole(blob, name);
    try (BlockSource source = blob.open();
        PackWriter pack = store.newPack("files of " + name)) {
      UnpackedPackage unpacked =
          UnpackedPackage.read(file.deb().through(source), file.about(), pack);
      pack.commit();
      StoredTree stored = StoredTree.write(store, unpacked.tree(), "tree of " + name);
      store.putResult(key, bytes(stored, unpacked.order()), stored.blobs());
      return unpacked;
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
