// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import java.util.zip.CRC32C;

/**
 * A check of what is read from the source: after every {@value #UNIT} bytes made (plain texts of
 * members count instead of the members) the CRC-32C of the bytes copied from the source for them,
 * unless there were none.
 */
final class SourceCheck {
  static final int UNIT = 1 << 20;

  private final CRC32C crc = new CRC32C();
  private long made;
  private boolean used;

  /** How many bytes may be made before the unit's end. */
  long room() {
    return UNIT - made % UNIT;
  }

  /** All bytes made so far. */
  long made() {
    return made;
  }

  /** The checksum that source bytes are to be added to. */
  CRC32C use() {
    used = true;
    return crc;
  }

  /**
   * Counts bytes made, at most {@link #room} of them.
   *
   * @return whether the unit has ended and has a check
   */
  boolean made(long length) {
    made += length;
    return made % UNIT == 0 && used;
  }

  boolean isUsed() {
    return used;
  }

  /** The check of the unit that ends here. */
  int end() {
    int value = (int) crc.getValue();
    crc.reset();
    used = false;
    return value;
  }
}
