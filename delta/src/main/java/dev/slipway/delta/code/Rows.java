// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

/**
 * Relocations of a section that is itself a table, one row like the other: where a relocation
 * applies follows from its number. Such tables ({@code .orc_unwind_ip}, {@code __jump_table},
 * {@code .smp_locks}) are empty before they are relocated, so no alignment could tell.
 *
 * @param oldOffset where the relocations begin in the old file
 * @param newOffset where in the new one
 * @param step how many bytes of the table as many relocations take
 * @param count how many relocations that are
 */
record Rows(long oldOffset, long newOffset, long step, long count) {
  /** No row of a known table is longer. */
  private static final long ROW_LONGEST = 64;

  private static final long TABLE_BYTES_MOST = 1 << 28;

  /**
   * The rows of a table with its relocations; null unless the old and the new table have the same
   * number of bytes to a relocation.
   */
  static Rows of(AddressMap map, int relocations, int table) {
    int newRelocations = map.layout().newIndex(relocations);
    int newTable = map.layout().newIndex(table);
    if (newRelocations < 0 || newTable < 0) {
      return null;
    }
    Section oldRows = map.before().section(relocations);
    Section newRows = map.after().section(newRelocations);
    long oldCount = oldRows.size() / Relocations.ENTRY_BYTES;
    long newCount = newRows.size() / Relocations.ENTRY_BYTES;
    long oldBytes = map.before().section(table).size();
    long newBytes = map.after().section(newTable).size();
    boolean sane =
        oldCount > 0
            && oldBytes > 0
            && oldBytes < TABLE_BYTES_MOST
            && newBytes >= 0
            && newBytes < TABLE_BYTES_MOST
            && newCount < TABLE_BYTES_MOST;
    return sane && oldBytes * newCount == newBytes * oldCount
        ? new Rows(oldRows.offset(), newRows.offset(), oldBytes, oldCount)
        : null;
  }

  /** Whether a relocation of the old file applies about where its number lets expect. */
  boolean near(long position, long place) {
    long number = (position - oldOffset) / Relocations.ENTRY_BYTES;
    return Math.abs(place - number * step / count) <= ROW_LONGEST;
  }

  /** By how much the place of a relocation grows when it moves in its table. */
  long grown(long oldPosition, long newPosition) {
    long rows =
        Math.floorDiv(newPosition - newOffset, Relocations.ENTRY_BYTES)
            - (oldPosition - oldOffset) / Relocations.ENTRY_BYTES;
    return Math.floorDiv(rows * step, count);
  }
}
