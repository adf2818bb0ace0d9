// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import java.io.IOException;
import java.util.List;

/**
 * The bytes of a disk, a partition or an image, described completely before any is written.
 *
 * <p>A volume is immutable and can be written and read any number of times, always with the same
 * bytes.
 */
public interface Volume {

  /** The number of bytes, holes included. */
  long size();

  /**
   * Writes everything but holes, going forward, into a sink that reads as zeros to begin with.
   *
   * @param progress told one task whose total is {@link #dataBytes}
   */
  void writeTo(BlockSink sink, Progress progress) throws IOException;

  /** Opens the bytes for random reading. */
  BlockSource open() throws IOException;

  /** How many bytes {@link #writeTo} writes; holes are not among them. */
  long dataBytes();

  /** The parts that come from files, in the order of their offsets. */
  List<Extent> extents();

  /** A volume over existing bytes, of whose inside nothing is known. The source is not closed. */
  static Volume of(BlockSource source) {
    return of(source, List.of());
  }

  /** A volume over existing bytes and the files known to lie in them. The source is not closed. */
  static Volume of(BlockSource source, List<Extent> extents) {
    return new SourceVolume(source, extents);
  }

  /** A volume that holds only zeros. */
  static Volume zeros(long size) {
    return ComposedVolume.build(size, v -> {});
  }
}
