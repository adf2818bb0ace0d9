// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The aligned blocks of a source by their content, to find what stayed the same at once and without
 * looking at it byte by byte.
 *
 * <p>Open addressing over 64-bit fingerprints; every hit is compared before it counts. Memory: 12
 * bytes for each place of a table that is at most half full, so 12 MiB for an image of 1 GiB. Where
 * that is too much, only every second block is indexed, every fourth, and so on: what moved is then
 * found from the first of these on.
 */
public final class BlockIndex {
  /** The block of all common file systems. */
  public static final int BLOCK = 4096;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] ZEROS = new byte[BLOCK];
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private static final int LEAST_INDEXED = 8;
  private static final int MOST_INDEXED = 1 << 27;

  private final BlockReader blocks;
  private final long step;
  private final long[] prints;
  private final int[] numbers;
  private final int mask;

  private BlockIndex(BlockReader blocks, long step) {
    this.blocks = blocks;
    this.step = step;
    int slots = slots(blocks.blocks() / step);
    prints = new long[slots];
    numbers = new int[slots];
    mask = slots - 1;
  }

  private static int slots(long indexed) {
    return Integer.highestOneBit((int) Math.max(indexed, LEAST_INDEXED)) << 2;
  }

  /**
   * Indexes the whole blocks of a source, but for those of zeros.
   *
   * @param memoryBytes what the table may take; it takes {@value #LEAST_INDEXED} blocks whatever
   *     that says
   */
  public static BlockIndex of(BlockSource source, long memoryBytes) throws IOException {
    var blocks = new BlockReader(source);
    var index = new BlockIndex(blocks, step(blocks.blocks(), memoryBytes));
    for (long i = 0; i < blocks.blocks() / index.step; i++) {
      int at = blocks.seek(i * index.step);
      if (!isZero(blocks.bytes(), at)) {
        index.add(print(blocks.bytes(), at), (int) i);
      }
    }
    return index;
  }

  private static long step(long blocks, long memoryBytes) {
    long step = 1;
    while (blocks / step > LEAST_INDEXED && !fits(blocks / step, memoryBytes)) {
      step *= 2;
    }
    return step;
  }

  private static boolean fits(long indexed, long memoryBytes) {
    return indexed <= MOST_INDEXED
        && (long) slots(indexed) * (Long.BYTES + Integer.BYTES) <= memoryBytes;
  }

  private static boolean isZero(byte[] bytes, int at) {
    return Arrays.equals(bytes, at, at + BLOCK, ZEROS, 0, BLOCK);
  }

  private void add(long print, int number) {
    int slot = slot(print);
    while (prints[slot] != 0) {
      if (prints[slot] == print) {
        return; // of equal blocks the first one stands for all
      }
      slot = slot + 1 & mask;
    }
    prints[slot] = print;
    numbers[slot] = number;
  }

  private int slot(long print) {
    return (int) (print >>> 20) & mask;
  }

  private int find(long print) {
    for (int slot = slot(print); prints[slot] != 0; slot = slot + 1 & mask) {
      if (prints[slot] == print) {
        return numbers[slot];
      }
    }
    return -1;
  }

  /** A fingerprint of a block, never 0. */
  private static long print(byte[] bytes, int at) {
    long a = 0;
    long b = 0;
    long c = 0;
    long d = 0;
    for (int i = at; i < at + BLOCK; i += 32) {
      a = (a ^ (long) LONG.get(bytes, i)) * PRIME;
      b = (b ^ (long) LONG.get(bytes, i + 8)) * PRIME;
      c = (c ^ (long) LONG.get(bytes, i + 16)) * PRIME;
      d = (d ^ (long) LONG.get(bytes, i + 24)) * PRIME;
      a ^= a >>> 32;
      b ^= b >>> 32;
      c ^= c >>> 32;
      d ^= d >>> 32;
    }
    long mixed = (a ^ Long.rotateLeft(b, 17)) * PRIME ^ (c ^ Long.rotateLeft(d, 29)) * ~PRIME;
    mixed ^= mixed >>> 32;
    return mixed == 0 ? 1 : mixed;
  }

  /**
   * Finds which aligned blocks of another source are blocks of this one.
   *
   * <p>A block that lies where it lay is preferred, then the one behind the last one used, then the
   * first of the same content.
   *
   * @param oldBase the address of the indexed source's first byte
   * @param newBase the address of the other's
   * @return exact copies, joined where they run on; blocks of zeros are told apart
   */
  public Sameness compare(BlockSource other, long oldBase, long newBase) throws IOException {
    var copies = new ArrayList<Alignment>();
    var zeros = new ArrayList<Sameness.Zeros>();
    var sought = new BlockReader(other);
    long start = 0;
    long from = 0;
    long count = 0;
    long firstZero = -1;
    for (long i = 0; i < sought.blocks(); i++) {
      int at = sought.seek(i);
      if (isZero(sought.bytes(), at)) {
        firstZero = firstZero < 0 ? i : firstZero;
        continue;
      }
      addZeros(zeros, newBase, firstZero, i);
      firstZero = -1;
      if (count > 0 && start + count == i && isSame(from + count, sought.bytes(), at)) {
        count++;
        continue;
      }
      long old = find(i, sought.bytes(), at);
      if (old >= 0) {
        add(copies, oldBase, from, newBase, start, count);
        start = i;
        from = old;
        count = 1;
      }
    }
    add(copies, oldBase, from, newBase, start, count);
    addZeros(zeros, newBase, firstZero, sought.blocks());
    return new Sameness(copies, zeros);
  }

  private static void addZeros(List<Sameness.Zeros> zeros, long newBase, long first, long end) {
    if (first >= 0) {
      zeros.add(new Sameness.Zeros(newBase + first * BLOCK, newBase + end * BLOCK));
    }
  }

  private static void add(
      List<Alignment> copies, long oldBase, long from, long newBase, long start, long count) {
    if (count > 0) {
      copies.add(new Alignment(newBase + start * BLOCK, oldBase + from * BLOCK, count * BLOCK));
    }
  }

  /** The block of the same content: that of the same number, else the first; -1 for none. */
  private long find(long number, byte[] bytes, int at) throws IOException {
    if (isSame(number, bytes, at)) {
      return number;
    }
    long found = find(print(bytes, at)) * step;
    return found >= 0 && isSame(found, bytes, at) ? found : -1;
  }

  private boolean isSame(long number, byte[] bytes, int at) throws IOException {
    if (number >= blocks.blocks()) {
      return false;
    }
    int own = blocks.seek(number);
    return Arrays.equals(blocks.bytes(), own, own + BLOCK, bytes, at, at + BLOCK);
  }
}
