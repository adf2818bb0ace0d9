// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * A part of a source.
 *
 * @param offset its first byte
 * @param length how many bytes it has
 */
public record ByteRange(long offset, long length) {
  public ByteRange {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("range at " + offset + " of " + length + " bytes");
    }
  }

  /** The position behind its last byte. */
  public long end() {
    return offset + length;
  }
}
