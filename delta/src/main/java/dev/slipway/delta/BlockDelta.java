// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.LaneWriter;
import dev.slipway.delta.coding.SpillFile;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The difference between two images: the least a machine that has the one must be given to make the
 * other.
 *
 * <pre>{@code
 * try (BlockDelta delta = BlockDelta.between(old, made, DeltaOptions.of(scratch), progress)) {
 *   delta.write(Path.of("update.delta"));
 * }
 * }</pre>
 *
 * <p>Holds temporary files until it is closed, and with them what {@link #report} needs. The same
 * two images and options give the same bytes, on every machine and with any executor. {@link
 * DeltaApplier} applies it.
 */
public final class BlockDelta implements Closeable {
  private static final int BUFFER = 1 << 18;

  private final DeltaHeader header;
  private final LaneWriter lanes;
  private final Volume target;
  private final Path scratch;

  BlockDelta(DeltaHeader header, LaneWriter lanes, Volume target, Path scratch) {
    this.header = header;
    this.lanes = lanes;
    this.target = target;
    this.scratch = scratch;
  }

  /**
   * Finds the difference between two images.
   *
   * @param from what the machine has
   * @param to what it should have
   */
  public static BlockDelta between(Volume from, Volume to, DeltaOptions options, Progress progress)
      throws IOException {
    try (MappedImage source = MappedImage.of(from, options.scratch());
        MappedImage target = MappedImage.of(to, options.scratch())) {
      return new Making(source.bytes(), target.bytes(), to, options, progress).make();
    }
  }

  /** What the delta says about itself. */
  public DeltaHeader header() {
    return header;
  }

  /**
   * Which parts of the target cost how much, and why, by the files it has. Reads the whole delta.
   */
  public DeltaReport report() throws IOException {
    try (SpillFile whole = SpillFile.in(scratch)) {
      lanes.writeTo(whole);
      whole.flush();
      return Explanation.of(header, whole.stream(0, whole.size()), "delta", target.extents());
    }
  }

  /** Writes the delta into a stream, which stays open. */
  public void writeTo(OutputStream out) throws IOException {
    var buffered = new BufferedOutputStream(out, BUFFER);
    buffered.write(header.bytes());
    lanes.writeTo(buffered);
    buffered.flush();
  }

  /** Writes the delta into a file, which appears when it is whole. */
  public void write(Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(part)) {
        writeTo(out);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  @Override
  public void close() throws IOException {
    lanes.close();
  }
}
