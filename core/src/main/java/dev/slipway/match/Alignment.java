// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

/**
 * A piece of the new bytes that resembles a piece of the old ones, of the same length. Single bytes
 * may differ.
 *
 * @param newOffset where the piece starts in the new bytes
 * @param oldOffset where it starts in the old bytes
 * @param length how many bytes it has, at least 1
 */
public record Alignment(long newOffset, long oldOffset, long length) {
  public Alignment {
    if (newOffset < 0 || oldOffset < 0 || length < 1) {
      throw new IllegalArgumentException(
          "not an alignment: " + length + " bytes at " + newOffset + " from " + oldOffset);
    }
  }

  /** The first position in the new bytes behind the piece. */
  public long newEnd() {
    return newOffset + length;
  }

  /** The first position in the old bytes behind the piece. */
  public long oldEnd() {
    return oldOffset + length;
  }

  /** What to add to a position in the new bytes to get the one in the old bytes. */
  public long shift() {
    return oldOffset - newOffset;
  }
}
