// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.io.BlockSink;
import dev.slipway.progress.Progress;
import dev.slipway.store.PackWriter;
import dev.slipway.store.Store;
import dev.slipway.tree.TarReader;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A tree from a tar whose contents lie in a pack, in a directory of its own. */
final class PackedTree implements AutoCloseable {
  private static final UUID ID = UUID.fromString("6f1d9c3e-52b1-4b8e-9a55-0d4c1c2b7a10");

  private final Path work;
  private final Store store;
  private final Tree tree;

  private PackedTree(Path work, Store store, Tree tree) {
    this.work = work;
    this.store = store;
    this.tree = tree;
  }

  /**
   * Unpacks a tar.
   *
   * @param parent where to make the directory: a tmpfs, for benchmarks
   */
  static PackedTree of(Path tar, Path parent) throws IOException {
    Path work = Files.createTempDirectory(parent, "slipway-benchmark");
    Store store = Store.open(work.resolve("store"));
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar), 1 << 20);
        PackWriter pack = store.newPack("benchmark")) {
      Tree tree = TarReader.read(in, tar.toString(), pack);
      pack.commit();
      return new PackedTree(work, store, tree);
    }
  }

  Tree tree() {
    return tree;
  }

  /** Lays out and writes one ext4 image, and removes it again unless it is to be kept. */
  long writeExt4(boolean keep) throws IOException {
    Path image = work.resolve("image");
    Files.deleteIfExists(image);
    Volume volume = Ext4.of(tree, Ext4Options.readOnly(ID, 1_700_000_000));
    try (BlockSink sink = BlockSink.createFile(image, volume.size())) {
      volume.writeTo(sink, Progress.none());
    }
    if (!keep) {
      Files.delete(image);
    }
    return volume.dataBytes();
  }

  Path image() {
    return work.resolve("image");
  }

  @Override
  public void close() throws IOException {
    store.close();
    List<Path> all;
    try (Stream<Path> walk = Files.walk(work)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
