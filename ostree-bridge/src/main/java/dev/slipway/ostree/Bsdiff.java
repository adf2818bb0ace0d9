// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import dev.slipway.match.DiffStep;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The patches within static deltas: bsdiff without a header and without a compression of its own.
 *
 * <pre>
 * repeated until the new file is whole:
 *   diff length | extra length | seek      8 bytes each: magnitude little-endian, sign in the top bit
 *   differences                            added to old bytes; old bytes outside the file count 0
 *   extra bytes
 * </pre>
 */
final class Bsdiff {
  private static final int STEP_BYTES = 3 * Long.BYTES;
  private static final int CHUNK_BYTES = 1 << 16;
  private static final long SIGN = 1L << 63;

  private Bsdiff() {}

  /** What a patch needs: the array is filled exactly. */
  static byte[] patch(byte[] oldBytes, byte[] newBytes, List<Alignment> alignments) {
    List<DiffStep> steps = DiffStep.of(alignments, newBytes.length);
    ByteBuffer out = ByteBuffer.allocate(newBytes.length + STEP_BYTES * steps.size());
    int made = 0;
    int old = 0;
    for (DiffStep step : steps) {
      putNumber(out, step.diffLength());
      putNumber(out, step.extraLength());
      putNumber(out, step.seek());
      for (int i = 0; i < step.diffLength(); i++) {
        out.put((byte) (newBytes[made + i] - oldBytes[old + i]));
      }
      made += (int) step.diffLength();
      out.put(newBytes, made, (int) step.extraLength());
      made += (int) step.extraLength();
      old += (int) (step.diffLength() + step.seek());
    }
    return out.array();
  }

  private static void putNumber(ByteBuffer out, long value) {
    out.putLong(Long.reverseBytes(value < 0 ? -value | SIGN : value));
  }

  private static long number(ByteBuffer in) {
    long raw = Long.reverseBytes(in.getLong());
    return raw < 0 ? -(raw & ~SIGN) : raw;
  }

  /**
   * Applies a patch.
   *
   * @param newLength what the patch must make, no more and no less
   * @throws FormatException if it makes anything else, or has bytes left
   */
  static void apply(
      BlockSource old, InputStream patch, long newLength, OutputStream out, String source)
      throws IOException {
    long made = 0;
    long oldAt = 0;
    byte[] chunk = new byte[CHUNK_BYTES];
    byte[] oldChunk = new byte[CHUNK_BYTES];
    while (made < newLength) {
      ByteBuffer step = ByteBuffer.wrap(patch.readNBytes(STEP_BYTES));
      if (step.remaining() < STEP_BYTES) {
        throw new FormatException(source + ": ends after " + made + " of " + newLength + " bytes");
      }
      long diff = number(step);
      long extra = number(step);
      long seek = number(step);
      if (diff < 0 || extra < 0 || diff > newLength - made || extra > newLength - made - diff) {
        throw new FormatException(
            source
                + ": a step of "
                + diff
                + " and "
                + extra
                + " bytes, of "
                + newLength
                + " bytes "
                + (newLength - made)
                + " are left");
      }
      if (diff == 0 && extra == 0 && seek == 0) {
        throw new FormatException(source + ": a step that does nothing");
      }
      for (long left = diff; left > 0; ) {
        int count = read(patch, chunk, left, source);
        add(old, oldAt, chunk, oldChunk, count);
        out.write(chunk, 0, count);
        oldAt += count;
        left -= count;
      }
      for (long left = extra; left > 0; ) {
        int count = read(patch, chunk, left, source);
        out.write(chunk, 0, count);
        left -= count;
      }
      made += diff + extra;
      if (Math.abs(seek) > old.size() + newLength + Math.abs(oldAt)) {
        throw new FormatException(source + ": moves by " + seek + " in a file of " + old.size());
      }
      oldAt += seek;
    }
    if (patch.read() >= 0) {
      throw new FormatException(source + ": bytes behind the last step");
    }
  }

  private static int read(InputStream patch, byte[] chunk, long wanted, String source)
      throws IOException {
    int count = patch.readNBytes(chunk, 0, (int) Math.min(wanted, chunk.length));
    if (count == 0) {
      throw new FormatException(source + ": ends within a step");
    }
    return count;
  }

  private static void add(BlockSource old, long at, byte[] chunk, byte[] oldChunk, int count)
      throws IOException {
    long from = Math.max(at, 0);
    long to = Math.min(at + count, old.size());
    if (from >= to) {
      return;
    }
    int length = (int) (to - from);
    try {
      old.readFully(from, ByteBuffer.wrap(oldChunk, 0, length));
    } catch (EOFException e) {
      throw new IOException("the old file became shorter: " + e.getMessage(), e);
    }
    int shift = (int) (from - at);
    for (int i = 0; i < length; i++) {
      chunk[shift + i] += oldChunk[i];
    }
  }
}
