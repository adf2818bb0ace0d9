// SPDX-License-Identifier: Apache-2.0
package dev.slipway.verity;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Struct;
import dev.slipway.io.StructReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * What may stand before a tree, as {@code veritysetup} writes it, in a block of its own.
 *
 * @param id names the tree; nothing is decided by it
 * @param dataBytes how much data the tree covers
 * @param salt what is hashed before each block, up to 256 bytes
 */
public record VeritySuperblock(UUID id, long dataBytes, byte[] salt) {
  /** How much it takes before the tree. */
  public static final int BLOCK_BYTES = TreeLevels.BLOCK_BYTES;

  static final int SALT_BYTES_MAX = 256;
  private static final int BYTES = 512;
  private static final byte[] SIGNATURE = {'v', 'e', 'r', 'i', 't', 'y', 0, 0};
  private static final int SALT_OFFSET = 88;

  public VeritySuperblock {
    TreeLevels.of(dataBytes);
    salt = salt.clone();
    if (salt.length > SALT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a salt has at most " + SALT_BYTES_MAX + " bytes, not " + salt.length);
    }
  }

  @Override
  public byte[] salt() {
    return salt.clone();
  }

  /** The whole block. */
  public byte[] bytes() {
    byte[] start =
        Struct.littleEndian(BYTES)
            .bytes(0, SIGNATURE, "signature")
            .u32(8, 1, "version")
            .u32(12, 1, "hash_type")
            .uuid(16, id, "uuid")
            .ascii(32, 32, "sha256", "algorithm")
            .u32(64, TreeLevels.BLOCK_BYTES, "data_block_size")
            .u32(68, TreeLevels.BLOCK_BYTES, "hash_block_size")
            .u64(72, dataBytes / TreeLevels.BLOCK_BYTES, "data_blocks")
            .u16(80, salt.length, "salt_size")
            .bytes(SALT_OFFSET, salt, "salt")
            .bytes();
    return Arrays.copyOf(start, BLOCK_BYTES);
  }

  /** Whether a source starts with the signature. */
  public static boolean isOn(BlockSource source) throws IOException {
    return source.size() >= BYTES
        && Arrays.equals(source.readFully(0, SIGNATURE.length), SIGNATURE);
  }

  /**
   * Reads the superblock at the start of a source.
   *
   * @throws FormatException also for trees that are right but not of the kind we read
   */
  public static VeritySuperblock read(BlockSource source, String name) throws IOException {
    if (source.size() < BYTES) {
      throw new FormatException(
          name + ": " + source.size() + " bytes are too few for a verity superblock");
    }
    StructReader in = StructReader.littleEndian(name, 0, source.readFully(0, BYTES));
    if (!Arrays.equals(in.bytes(0, SIGNATURE.length, "signature"), SIGNATURE)) {
      throw in.error(0, "signature", "this is no verity superblock");
    }
    require(in, 8, in.u32(8, "version"), 1, "version");
    require(in, 12, in.u32(12, "hash_type"), 1, "hash_type");
    String algorithm = in.text(32, 32, StandardCharsets.US_ASCII, "algorithm");
    if (!algorithm.equals("sha256")) {
      throw in.error(32, "algorithm", "found \"" + algorithm + "\", only sha256 is read");
    }
    require(in, 64, in.u32(64, "data_block_size"), TreeLevels.BLOCK_BYTES, "data_block_size");
    require(in, 68, in.u32(68, "hash_block_size"), TreeLevels.BLOCK_BYTES, "hash_block_size");
    long blocks = in.u64(72, "data_blocks");
    if (blocks <= 0 || blocks > Long.MAX_VALUE / TreeLevels.BLOCK_BYTES) {
      throw in.error(72, "data_blocks", "found " + Long.toUnsignedString(blocks));
    }
    int saltBytes = in.u16(80, "salt_size");
    if (saltBytes > SALT_BYTES_MAX) {
      throw in.error(80, "salt_size", "found " + saltBytes + ", at most 256 are right");
    }
    return new VeritySuperblock(
        in.uuid(16, "uuid"),
        blocks * TreeLevels.BLOCK_BYTES,
        in.bytes(SALT_OFFSET, saltBytes, "salt"));
  }

  private static void require(StructReader in, int offset, long found, long expected, String field)
      throws FormatException {
    if (found != expected) {
      throw in.error(offset, field, "found " + found + ", only " + expected + " is read");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VeritySuperblock that
        && id.equals(that.id)
        && dataBytes == that.dataBytes
        && Arrays.equals(salt, that.salt);
  }

  @Override
  public int hashCode() {
    return id.hashCode() ^ Long.hashCode(dataBytes) ^ Arrays.hashCode(salt);
  }

  @Override
  public String toString() {
    return id + ": " + dataBytes + " bytes, salt " + HexFormat.of().formatHex(salt);
  }
}
