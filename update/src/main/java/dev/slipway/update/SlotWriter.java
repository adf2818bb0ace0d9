// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Writes a whole image into a slot, forward, where the slot does not hold the same bytes already.
 *
 * @param source what the slot holds, as it changes
 * @param sink the slot
 * @param directory for the state of the work
 */
record SlotWriter(BlockSource source, BlockSink sink, Path directory, Pace pace) {
  /** Compared and written as a whole: a small change should not cost much, nor many calls. */
  private static final int PIECE_BYTES = 1 << 16;

  /** How much is lost at most when the power goes: a minute, on a slow line. */
  private static final long FLUSH_BYTES = 16L << 20;

  /**
   * Writes the image.
   *
   * @param state where an earlier run got to
   * @return how many bytes had to be written
   */
  long write(Content image, InstallState state, Progress progress) throws IOException {
    long size = image.sizeBytes();
    byte[] piece = new byte[PIECE_BYTES];
    byte[] there = new byte[PIECE_BYTES];
    long written = 0;
    long durable = state.doneBytes();
    long at = durable;
    try (Task task = progress.start("writing slot " + state.slot(), size);
        InputStream in = aheadFrom(image, at)) {
      task.advance(at);
      while (at < size) {
        int count = next(in, piece, (int) Math.min(PIECE_BYTES, size - at), state, at);
        if (count == 0) {
          throw new FormatException("the image ends at byte " + at + ", expected " + size);
        }
        if (!holds(at, piece, there, count)) {
          sink.write(at, ByteBuffer.wrap(piece, 0, count));
          written += count;
        }
        at += count;
        task.advance(count);
        if (at - durable >= FLUSH_BYTES) {
          save(state, at);
          durable = at;
        }
      }
    }
    sink.flush();
    return written;
  }

  /**
   * Reads on. When the line breaks or somebody cancels, what was written need not be lost. When the
   * slot fails it is, for a second flush may well succeed after the first has lost what it should
   * have written.
   */
  private int next(InputStream in, byte[] piece, int wanted, InstallState state, long at)
      throws IOException {
    try {
      int count = in.readNBytes(piece, 0, wanted);
      pace.take(count);
      return count;
    } catch (IOException e) {
      try {
        save(state, at);
      } catch (IOException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
  }

  private void save(InstallState state, long durable) throws IOException {
    sink.flush();
    new InstallState(state.slot(), state.image(), durable).write(directory);
  }

  private static InputStream aheadFrom(Content image, long offset) throws IOException {
    InputStream in = image.open();
    try {
      in.skipNBytes(offset); // what is skipped is not unpacked
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
    return new AheadStream(in);
  }

  /** What cannot be read does not match: writing it may well mend the place. */
  private boolean holds(long at, byte[] piece, byte[] buffer, int count) {
    try {
      source.readFully(at, ByteBuffer.wrap(buffer, 0, count));
    } catch (IOException e) {
      return false;
    }
    return Arrays.equals(piece, 0, count, buffer, 0, count);
  }

  /**
   * Reads a slot back and compares it with what it shall hold.
   *
   * @param device the slot, not what memory says of it
   */
  static void verify(
      BlockSource device, long size, Digest expected, String name, Pace pace, Progress progress)
      throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[1 << 20];
    try (Task task = progress.start("reading " + name + " back", size)) {
      for (long at = 0; at < size; ) {
        pace.check();
        int count = (int) Math.min(buffer.length, size - at);
        device.readFully(at, ByteBuffer.wrap(buffer, 0, count));
        sha256.update(buffer, 0, count);
        at += count;
        task.advance(count);
      }
    }
    Digest found = Digest.finish(sha256);
    if (!found.equals(expected)) {
      throw new IOException(
          name
              + ": holds "
              + found
              + " after it was written, expected "
              + expected
              + "; the device may be failing. The slot is not started");
    }
  }
}
