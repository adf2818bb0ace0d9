// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The checksum of everything ext4 knows about itself: CRC-32C that starts with all ones and is not
 * inverted at the end. The file system's UUID is the first thing it covers.
 *
 * <p>The kernel seeds its CRC with the CRC of the UUID and goes on from there; the JDK's engine
 * cannot be seeded, so the 16 bytes are fed in again each time, which gives the same value. Where a
 * file system states the seed itself, four bytes are fed in that lead to it.
 */
final class MetadataChecksum {
  private static final byte[] ZEROS = new byte[8];

  /** Castagnoli's polynomial, bits reversed. */
  private static final int POLYNOMIAL = 0x82f63b78;

  private final byte[] start;
  private final CRC32C crc = new CRC32C();
  private final byte[] scratch = new byte[8];
  private final ByteBuffer words = ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN);

  MetadataChecksum(UUID uuid) {
    this.start =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
  }

  /** For a file system that keeps its seed apart from its UUID ({@code s_checksum_seed}). */
  MetadataChecksum(int seed) {
    int state = seed;
    for (int bit = 0; bit < 32; bit++) {
      state = state < 0 ? (state ^ POLYNOMIAL) << 1 | 1 : state << 1;
    }
    this.start = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(~state).array();
  }

  /** Starts a checksum of this file system. */
  MetadataChecksum start() {
    crc.reset();
    crc.update(start);
    return this;
  }

  /** Starts the checksum of something that belongs to an inode. */
  MetadataChecksum startInode(long number, int generation) {
    return start().u32((int) number).u32(generation);
  }

  /** Starts a checksum that does not cover the UUID: the superblock's own. */
  MetadataChecksum startBare() {
    crc.reset();
    return this;
  }

  MetadataChecksum u32(int value) {
    words.putInt(0, value);
    crc.update(scratch, 0, 4);
    return this;
  }

  MetadataChecksum u64(long value) {
    words.putLong(0, value);
    crc.update(scratch, 0, 8);
    return this;
  }

  MetadataChecksum bytes(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
    return this;
  }

  /** Covers zeros in the place of a checksum field. */
  MetadataChecksum zeros(int length) {
    crc.update(ZEROS, 0, length);
    return this;
  }

  int value() {
    return ~(int) crc.getValue();
  }
}
