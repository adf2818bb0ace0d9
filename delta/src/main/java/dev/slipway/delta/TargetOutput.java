// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.io.FormatException;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes the target from its beginning to its end, checks it step by step, and notes from time to
 * time how much of it is durable.
 *
 * <p>Blocks that hold the right bytes already are left alone.
 */
final class TargetOutput extends OutputStream {
  private static final int BLOCK = 4096;

  /** So many bytes may have to be written twice after a power cut. */
  private static final long NOTE = 4L << 20;

  private static final int BUFFER = 1 << 20;
  private static final byte[] ZEROS = new byte[BLOCK];

  private final Destination destination;
  private final ResumePoint point;
  private final InputStream checks;
  private final TargetDigests digests;
  private final Task task;
  private final String delta;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer present = ByteBuffer.allocateDirect(BUFFER);
  private final long resumedAt;
  private final long size;
  private long drained;
  private long written;
  private long writtenSinceNote;

  TargetOutput(
      Destination destination,
      ResumePoint point,
      InputStream checks,
      DeltaHeader header,
      String delta,
      Task task) {
    this.destination = destination;
    this.point = point;
    this.checks = checks;
    this.delta = delta;
    this.task = task;
    size = header.targetBytes();
    resumedAt = Math.min(point.durable(), size);
    digests = new TargetDigests(header.stepBytes());
    limit();
  }

  long position() {
    return drained + buffer.position();
  }

  /** Up to here the target was made before, and only has to be looked at. */
  long resumedAt() {
    return resumedAt;
  }

  long written() {
    return written;
  }

  private void limit() {
    buffer.clear().limit((int) Math.min(Math.min(BUFFER, digests.room()), size - drained));
  }

  /**
   * Room to put the next bytes into, at least one byte, unless the target is complete; call {@link
   * #filled} afterwards.
   */
  ByteBuffer room() {
    return buffer;
  }

  void filled() throws IOException {
    if (!buffer.hasRemaining()) {
      drain();
    }
  }

  @Override
  public void write(int b) throws IOException {
    requireRoom(1);
    buffer.put((byte) b);
    filled();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    requireRoom(length);
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int count = Math.min(end - at, buffer.remaining());
      buffer.put(bytes, at, count);
      at += count;
      filled();
    }
  }

  private void requireRoom(int length) throws FormatException {
    if (length > size - position()) {
      throw new FormatException(delta + ": more bytes than the target has: " + size);
    }
  }

  /** Passes bytes that an earlier run wrote: they are read and checked. */
  void skip(long length) throws IOException {
    long end = position() + length;
    while (position() < end) {
      int limit = buffer.limit();
      buffer.limit((int) Math.min(limit, buffer.position() + end - position()));
      destination.read(position(), buffer);
      buffer.limit(limit);
      filled();
    }
  }

  /** Reads bytes of the target made before. */
  void read(long position, ByteBuffer bytes) throws IOException {
    if (position + bytes.remaining() > position()) {
      throw new FormatException(
          delta
              + ": a copy from byte "
              + position
              + " of the target, of which there are only "
              + position());
    }
    if (position + bytes.remaining() > drained) {
      drain();
    }
    destination.read(position, bytes);
  }

  private void drain() throws IOException {
    buffer.flip();
    int length = buffer.remaining();
    if (drained + length > resumedAt) {
      writeDiffering(length);
    }
    digests.add(buffer.position(0).limit(length));
    drained += length;
    task.advance(length);
    if (digests.stepIsComplete() || (drained == size && digests.isWithinStep())) {
      check();
    }
    limit();
    if (writtenSinceNote + BUFFER > NOTE && drained < size) {
      note();
    }
  }

  private void writeDiffering(int length) throws IOException {
    boolean compared = !destination.isFresh();
    if (compared) {
      destination.read(drained, present.clear().limit(length));
    }
    int at = 0;
    while (at < length) {
      while (at < length && isPresent(at, blockEnd(at, length), compared)) {
        at = blockEnd(at, length);
      }
      int from = at;
      while (at < length && !isPresent(at, blockEnd(at, length), compared)) {
        at = blockEnd(at, length);
      }
      if (at > from) {
        destination.write(drained + from, buffer.position(from).limit(at));
        buffer.limit(length);
        written += at - from;
        writtenSinceNote += at - from;
      }
    }
  }

  private int blockEnd(int at, int length) {
    return (int) Math.min(length, (drained + at) / BLOCK * BLOCK + BLOCK - drained);
  }

  private boolean isPresent(int from, int to, boolean compared) {
    ByteBuffer other =
        compared ? present.slice(from, to - from) : ByteBuffer.wrap(ZEROS, 0, to - from);
    return buffer.slice(from, to - from).mismatch(other) < 0;
  }

  private void check() throws IOException {
    byte[] expected = checks.readNBytes(TargetDigests.CHECK_BYTES);
    byte[] found = digests.endStep();
    if (!Arrays.equals(expected, found)) {
      throw new FormatException(
          delta
              + ": the target is wrong before byte "
              + drained
              + (drained <= resumedAt
                  ? ": what was written before has changed since; start afresh"
                  : ": the source is not the one the delta was made from, or the delta is damaged"));
    }
  }

  private void note() throws IOException {
    destination.flush();
    point.save(drained);
    writtenSinceNote = 0;
  }

  /** Ends the target: everything is written and checked. */
  void finish(DeltaHeader header) throws IOException {
    if (buffer.position() > 0) {
      drain();
    }
    if (!digests.finish().equals(header.targetDigest())) {
      throw new FormatException(
          delta + ": the target's digest is not " + header.targetDigest() + " as it should be");
    }
  }
}
