// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import java.util.Arrays;

/**
 * Old addresses whose new one is known better than the alignments tell: a function that was written
 * anew, a variable in memory without file.
 */
final class Corrections {
  /** Bounds the table to 8 MiB whatever the side information says. */
  static final int MOST = 1 << 19;

  static final Corrections NONE = new Corrections(new long[0], new long[0]);

  private final long[] oldAddresses;
  private final long[] newAddresses;

  /**
   * As many new addresses as old ones.
   *
   * @param oldAddresses ascending, none twice
   */
  Corrections(long[] oldAddresses, long[] newAddresses) {
    this.oldAddresses = oldAddresses;
    this.newAddresses = newAddresses;
  }

  /** The new address, or {@link AddressMap#NONE} where there is no correction. */
  long get(long oldAddress) {
    int index = Arrays.binarySearch(oldAddresses, oldAddress);
    return index < 0 ? AddressMap.NONE : newAddresses[index];
  }

  int count() {
    return oldAddresses.length;
  }

  long memoryBytes() {
    return 16L * oldAddresses.length;
  }

  /**
   * Ascending old addresses as steps; new addresses as what they differ from the mapped.
   *
   * @param map without corrections
   */
  void write(AddressMap map, SideWriter out) {
    out.number(oldAddresses.length);
    long before = 0;
    for (long address : oldAddresses) {
      out.number(address - before);
      before = address;
    }
    for (int i = 0; i < oldAddresses.length; i++) {
      out.signed(newAddresses[i] - expected(map, oldAddresses[i]));
    }
  }

  static Corrections read(AddressMap map, SideReader in) throws FormatException {
    int count = in.items("corrections", 2);
    if (count > MOST) {
      throw in.error("corrections", count + ", at most " + MOST + " expected");
    }
    var oldAddresses = new long[count];
    var newAddresses = new long[count];
    long address = 0;
    for (int i = 0; i < count; i++) {
      oldAddresses[i] = address + in.number("corrected address");
      if (i > 0 && oldAddresses[i] <= address) {
        throw in.error("corrected address", oldAddresses[i] + " after " + address);
      }
      address = oldAddresses[i];
    }
    for (int i = 0; i < count; i++) {
      newAddresses[i] = expected(map, oldAddresses[i]) + in.signed("correction");
    }
    return new Corrections(oldAddresses, newAddresses);
  }

  private static long expected(AddressMap map, long oldAddress) {
    long mapped = map.map(oldAddress);
    return mapped == AddressMap.NONE ? oldAddress : mapped;
  }
}
