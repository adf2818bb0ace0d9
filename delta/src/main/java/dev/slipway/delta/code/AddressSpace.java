// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The addresses of a file's sections. In a relocatable file, whose sections have none yet, section
 * {@code i} is given the address {@code (i + 1) << 32}.
 *
 * <p>Headers may be hostile: sections may overlap, or lie beyond the file. Then the answers make no
 * sense, but they are the same for everybody.
 */
final class AddressSpace {
  static final long NONE = Long.MIN_VALUE;

  private static final int RELOCATABLE_SHIFT = 32;

  private final List<Section> sections;
  private final boolean relocatable;
  private final int[] byAddress; // section numbers
  private final long[] addresses;
  private final int[] byOffset;
  private final long[] offsets;

  AddressSpace(ElfHeaders headers) {
    sections = headers.sections;
    relocatable = headers.relocatable();
    byAddress = sorted(i -> hasAddress(i), this::address);
    addresses = starts(byAddress, this::address);
    byOffset = sorted(i -> hasAddress(i) && section(i).fileSize() > 0, i -> section(i).offset());
    offsets = starts(byOffset, i -> section(i).offset());
  }

  private interface Test {
    boolean of(int section);
  }

  private interface Key {
    long of(int section);
  }

  private int[] sorted(Test test, Key key) {
    var chosen = new ArrayList<Integer>();
    for (int i = 0; i < sections.size(); i++) {
      if (test.of(i)) {
        chosen.add(i);
      }
    }
    chosen.sort(Comparator.comparingLong(key::of));
    return chosen.stream().mapToInt(i -> i).toArray();
  }

  private static long[] starts(int[] order, Key key) {
    var starts = new long[order.length];
    for (int n = 0; n < order.length; n++) {
      starts[n] = key.of(order[n]);
    }
    return starts;
  }

  private boolean hasAddress(int section) {
    Section s = sections.get(section);
    if (s.size() <= 0 || s.type() == 0) {
      return false;
    }
    return relocatable ? s.size() >>> RELOCATABLE_SHIFT == 0 : s.allocated();
  }

  Section section(int index) {
    return sections.get(index);
  }

  long address(int section) {
    return relocatable ? section + 1L << RELOCATABLE_SHIFT : sections.get(section).address();
  }

  /**
   * The number of the section with this address, or which ends there if none begins there; -1 for
   * no section.
   */
  int sectionAt(long address) {
    int n = last(addresses, address);
    if (n < 0) {
      return -1;
    }
    long inside = address - addresses[n];
    return inside <= section(byAddress[n]).size() ? byAddress[n] : -1;
  }

  /** The address of a byte of the file, {@link #NONE} for one that is not loaded. */
  long addressOf(long offset) {
    int n = last(offsets, offset);
    if (n < 0) {
      return NONE;
    }
    int section = byOffset[n];
    long inside = offset - offsets[n];
    return inside < section(section).size() ? address(section) + inside : NONE;
  }

  /** The last of the sorted values that is not greater, or -1. */
  private static int last(long[] values, long value) {
    int low = 0;
    int high = values.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (values[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
