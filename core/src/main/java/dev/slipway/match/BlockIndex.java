// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The aligned blocks of an area by their content, to find what stayed the same at once and without
 * looking at it byte by byte.
 *
 * <p>Open addressing over 64-bit fingerprints; every hit is compared before it counts. Memory: 12
 * bytes for each block at a load of at most one half, so 6 MiB for an image of 1 GiB.
 */
public final class BlockIndex {
  /** The block of all common file systems. */
  public static final int BLOCK = 4096;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] ZEROS = new byte[BLOCK];
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final ByteSpace space;
  private final long base;
  private final long[] prints;
  private final int[] numbers;
  private final int mask;
  private final byte[] block = new byte[BLOCK];
  private final byte[] other = new byte[BLOCK];

  private BlockIndex(ByteSpace space, int area, int blocks) {
    this.space = space;
    base = ByteSpace.base(area);
    int slots = Integer.highestOneBit(Math.max(blocks, 8)) << 2;
    prints = new long[slots];
    numbers = new int[slots];
    mask = slots - 1;
  }

  /** Indexes the whole blocks of an area, but for those of zeros. */
  public static BlockIndex of(ByteSpace space, int area) {
    int blocks = (int) Math.min(space.size(area) / BLOCK, 1 << 27);
    var index = new BlockIndex(space, area, blocks);
    for (int i = 0; i < blocks; i++) {
      space.copy(index.base + (long) i * BLOCK, index.block, 0, BLOCK);
      if (!Arrays.equals(index.block, ZEROS)) {
        index.add(print(index.block), i);
      }
    }
    return index;
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
  private static long print(byte[] block) {
    long a = 0;
    long b = 0;
    long c = 0;
    long d = 0;
    for (int i = 0; i < BLOCK; i += 32) {
      a = (a ^ (long) LONG.get(block, i)) * PRIME;
      b = (b ^ (long) LONG.get(block, i + 8)) * PRIME;
      c = (c ^ (long) LONG.get(block, i + 16)) * PRIME;
      d = (d ^ (long) LONG.get(block, i + 24)) * PRIME;
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
   * Finds which aligned blocks of another area are blocks of this one.
   *
   * <p>A block that lies where it lay is preferred, then the one behind the last one used, then the
   * first of the same content.
   *
   * @return exact copies, joined where they run on; blocks of zeros are not among them
   */
  public List<Alignment> copies(int area) {
    var copies = new ArrayList<Alignment>();
    long newBase = ByteSpace.base(area);
    long newSize = space.size(area);
    long oldEnd = base + space.size(ByteSpace.area(base));
    long start = 0;
    long from = 0;
    long length = 0;
    for (long at = 0; at + BLOCK <= newSize; at += BLOCK) {
      long address = newBase + at;
      space.copy(address, block, 0, BLOCK);
      if (Arrays.equals(block, ZEROS)) {
        continue;
      }
      long next = from + length;
      boolean adjacent = start + length == address && length > 0;
      long old = -1;
      if (adjacent && isSame(next, oldEnd)) {
        length += BLOCK;
        continue;
      }
      if (isSame(base + at, oldEnd)) {
        old = base + at;
      } else {
        int found = find(print(block));
        if (found >= 0 && isSame(base + (long) found * BLOCK, oldEnd)) {
          old = base + (long) found * BLOCK;
        }
      }
      if (old >= 0) {
        if (length > 0) {
          copies.add(new Alignment(start, from, length));
        }
        start = address;
        from = old;
        length = BLOCK;
      }
    }
    if (length > 0) {
      copies.add(new Alignment(start, from, length));
    }
    return copies;
  }

  /** Whether a block of the indexed area is the one being looked at. */
  private boolean isSame(long old, long oldEnd) {
    if (old + BLOCK > oldEnd) {
      return false;
    }
    space.copy(old, other, 0, BLOCK);
    return Arrays.equals(block, other);
  }
}
