// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.Arrays;
import java.util.List;

/**
 * What comparing blocks told of new bytes: which of them are copies of old ones, and which are
 * zero. Who knows need not look, and what nobody looks at takes no memory.
 */
public final class Sameness {
  /** Nothing is known. */
  public static final Sameness NONE = new Sameness(List.of(), List.of());

  /**
   * Zeros.
   *
   * @param start the address of the first one
   * @param end the address behind the last one
   */
  record Zeros(long start, long end) {}

  private final List<Alignment> copies;
  private final long[] copyStarts;
  private final List<Zeros> zeros;
  private final long[] zeroStarts;

  /** Of both the ranges lie in rising order and apart from each other. */
  Sameness(List<Alignment> copies, List<Zeros> zeros) {
    this.copies = List.copyOf(copies);
    this.zeros = List.copyOf(zeros);
    copyStarts = copies.stream().mapToLong(Alignment::newOffset).toArray();
    zeroStarts = zeros.stream().mapToLong(Zeros::start).toArray();
  }

  /** The exact copies, in the order of the new bytes. */
  public List<Alignment> copies() {
    return copies;
  }

  /** How many bytes from a new address on are copies with that {@linkplain Alignment#shift}. */
  long copied(long address, long shift) {
    int i = lastAt(copyStarts, address);
    return i < 0 || copies.get(i).shift() != shift
        ? 0
        : Math.max(0, copies.get(i).newEnd() - address);
  }

  /** How many bytes from a new address on are zero. */
  long zeros(long address) {
    int i = lastAt(zeroStarts, address);
    return i < 0 ? 0 : Math.max(0, zeros.get(i).end - address);
  }

  private static int lastAt(long[] starts, long address) {
    int i = Arrays.binarySearch(starts, address);
    return i >= 0 ? i : -i - 2;
  }
}
