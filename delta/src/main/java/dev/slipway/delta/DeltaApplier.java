// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.LaneReader;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Makes the target of a delta from its source.
 *
 * <pre>{@code
 * DeltaApplier applier = DeltaApplier.of(running, Path.of("/data/update"));
 * try (InputStream delta = Files.newInputStream(file)) {
 *   applier.apply(delta, "update.delta", Destination.inPlace(slot, state), progress);
 * }
 * }</pre>
 *
 * <p>The delta is read once, forward. Everything is checked: the delta's chunks, what is read from
 * the source, each step of the target and the whole of it. After a power cut, applying the same
 * delta again goes on where the target was durable; the delta must then be read from its start, so
 * a stream that cannot be had again cannot resume.
 *
 * @param source what the delta was made from; it may be longer, as a device is
 * @param scratch a directory for temporary files, for deltas that need some
 * @param memoryMax deltas that need more memory are refused before anything is written
 */
public record DeltaApplier(BlockSource source, Path scratch, Size memoryMax) {
  /** What applies any delta made with the options' defaults, and more. */
  private static final Size DEFAULT_MEMORY = Size.mib(192);

  /** What applying takes beside what a delta announces, and what the program around it holds. */
  private static final Size BESIDE = Size.mib(16 + 8);

  private static final int BUFFER = 1 << 16;

  public DeltaApplier {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(scratch, "scratch");
    Objects.requireNonNull(memoryMax, "memoryMax");
  }

  /** Applies to a source, with at most 192 MiB of memory, and no more than this JVM can give. */
  public static DeltaApplier of(BlockSource source, Path scratch) {
    return new DeltaApplier(source, scratch, memoryMax(Runtime.getRuntime().maxMemory()));
  }

  /** What a delta may announce where the heap may grow to so many bytes. */
  static Size memoryMax(long heapBytes) {
    long spare = Math.max(0, heapBytes - BESIDE.bytes());
    return Size.bytes(Math.min(spare, DEFAULT_MEMORY.bytes()));
  }

  /**
   * Applies a delta.
   *
   * @param delta the delta, from its start; it stays open
   * @param name the delta's name in error messages
   * @param destination where to make the target; the caller closes it
   * @throws FormatException when the delta, or the source, is not what it should be; the target is
   *     not taken for good then
   */
  public Applied apply(InputStream delta, String name, Destination destination, Progress progress)
      throws IOException {
    InputStream in = new BufferedInputStream(delta, BUFFER);
    DeltaHeader header = DeltaHeader.read(in, name);
    check(header, name);
    destination.open(header.targetBytes());
    try (ResumePoint point = ResumePoint.open(destination.state(), header);
        Task task = progress.start("applying " + name, header.targetBytes())) {
      var lanes = new LaneReader(in, header.dictionaries(), name, DeltaHeader.BYTES);
      var checks = lanes.lane(Lanes.TARGET_CHECKS.ordinal());
      var output = new TargetOutput(destination, point, checks, header, name, task);
      try (var production = new Production(header, lanes, source, output, scratch, name)) {
        production.run();
      }
      lanes.expectEnd();
      output.finish(header);
      destination.complete();
      return new Applied(header.targetBytes(), output.resumedAt(), output.written());
    }
  }

  /**
   * Refuses what cannot work before anything is written, as {@link #apply} does at its beginning:
   * for those who have to know before.
   *
   * @param name the delta's name in error messages
   * @throws FormatException when the source is not what the delta was made from
   * @throws IOException when there is too little memory, or room for temporary files
   */
  public void check(DeltaHeader header, String name) throws IOException {
    if (source.size() < header.sourceBytes()) {
      throw new FormatException(
          name
              + ": was made from an image of "
              + header.sourceBytes()
              + " bytes, but the source has "
              + source.size()
              + ": it is another image");
    }
    if (header.allMemoryBytes() > memoryMax.bytes()) {
      throw new IOException(
          name
              + ": applying needs "
              + Size.bytes(header.allMemoryBytes())
              + " of memory, and "
              + memoryMax
              + " are allowed; allow more, or make the delta with a smaller dictionary");
    }
    if (header.scratchBytes() > 0) {
      long room = Files.getFileStore(scratch).getUsableSpace();
      if (room < header.scratchBytes()) {
        throw new IOException(
            scratch
                + ": has "
                + Size.bytes(room)
                + " left, and applying needs "
                + Size.bytes(header.scratchBytes())
                + " for temporary files; make room or name another directory");
      }
    }
  }
}
