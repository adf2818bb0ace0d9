// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A squashfs that was packed into a file. */
record SquashfsVolume(Path file, long size) implements Volume {
  static SquashfsVolume of(Path file) throws IOException {
    return new SquashfsVolume(file, Files.size(file));
  }

  @Override
  public void writeTo(BlockSink sink, Progress progress) throws IOException {
    try (BlockSource source = open()) {
      Volume.of(source).writeTo(sink, progress);
    }
  }

  @Override
  public BlockSource open() throws IOException {
    return BlockSource.file(file);
  }

  /** There are no holes in a squashfs. */
  @Override
  public long dataBytes() {
    return size;
  }

  @Override
  public List<Extent> extents() {
    try (BlockSource source = open()) {
      return Squashfs.open(source, file.toString()).extents();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
