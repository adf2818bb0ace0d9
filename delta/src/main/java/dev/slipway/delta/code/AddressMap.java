// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

/**
 * Where what was at an old address is now.
 *
 * <p>A byte of the file goes where the alignments took it, if that is still in the section that
 * continues its own; otherwise, and for sections that take no room in the file, it keeps its
 * distance from the start of the section (or from its end, where that is nearer). {@link
 * Corrections} overrule all of this.
 */
final class AddressMap {
  static final long NONE = AddressSpace.NONE;

  private final Layout layout;
  private final AddressSpace before;
  private final AddressSpace after;
  private final OffsetMap offsets;
  private final Corrections corrections;

  AddressMap(Layout layout, OffsetMap offsets, Corrections corrections) {
    this.layout = layout;
    this.before = new AddressSpace(layout.before);
    this.after = new AddressSpace(layout.after);
    this.offsets = offsets;
    this.corrections = corrections;
  }

  Layout layout() {
    return layout;
  }

  AddressSpace before() {
    return before;
  }

  AddressSpace after() {
    return after;
  }

  /** Whether an old section has this address, or ends there. */
  boolean known(long oldAddress) {
    return before.sectionAt(oldAddress) >= 0;
  }

  /** The new address, or {@link #NONE}. */
  long map(long oldAddress) {
    long corrected = corrections.get(oldAddress);
    return corrected != NONE ? corrected : mapAligned(oldAddress);
  }

  private long mapAligned(long oldAddress) {
    int from = before.sectionAt(oldAddress);
    return from < 0 ? NONE : mapWithin(from, oldAddress - before.address(from));
  }

  /** The new address of what lay at an offset in an old section, its end included. */
  private long mapWithin(int oldSection, long inside) {
    int to = layout.newIndex(oldSection);
    if (to >= 0) {
      return after.address(to) + mapInside(oldSection, inside);
    }
    Section old = before.section(oldSection);
    return old.fileSize() == 0 ? NONE : after.addressOf(moved(old, inside));
  }

  /**
   * The new offset in its section of what lay at an offset in an old section, its end included;
   * {@link #NONE} when the section is gone.
   */
  long mapInside(int oldSection, long inside) {
    int to = layout.newIndex(oldSection);
    if (to < 0) {
      return NONE;
    }
    Section old = before.section(oldSection);
    Section continued = after.section(to);
    if (old.fileSize() > 0) {
      long newInside = moved(old, inside) - continued.offset();
      if (newInside >= 0 && newInside <= continued.size()) {
        return newInside;
      }
    }
    return kept(inside, old, continued);
  }

  private long moved(Section old, long inside) {
    long offset = old.offset() + inside;
    if (inside == old.size()) { // the end goes with the last byte, not with the next section
      return offsets.map(offset - 1) + 1;
    }
    return offsets.map(offset);
  }

  private static long kept(long inside, Section old, Section continued) {
    return inside <= old.size() / 2 ? inside : inside + continued.size() - old.size();
  }

  long memoryBytes() {
    return corrections.memoryBytes() + offsets.memoryBytes();
  }
}
