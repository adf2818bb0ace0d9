// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * All the ids of a disk, derived from one: the same seed gives the same ids on every machine, so
 * images repeat byte for byte and a boot menu can name partitions that do not exist yet.
 *
 * <p>Ids are name-based UUIDs of version 5, which Python's {@code uuid.uuid5(disk,
 * "partition/esp")} gives as well.
 *
 * @param diskId the disk's GUID
 */
public record DiskIdentity(UUID diskId) {
  /** The namespace of seeds; drawn once. */
  private static final UUID SEEDS = UUID.fromString("8d0c5a7e-5d0b-4b6e-9a37-2f6b0b2a91c4");

  private static final int VERSION = 5;

  /**
   * The identity grown from a text: the image's name, so that releases of one product keep their
   * partitions' ids.
   */
  public static DiskIdentity of(String seed) {
    return new DiskIdentity(nameBased(SEEDS, seed));
  }

  /** The GUID of a partition, by its name in the table. */
  public UUID partitionId(String name) {
    return nameBased(diskId, "partition/" + name);
  }

  /** An id for a file system, by what it is for. */
  public UUID fileSystemId(String name) {
    return nameBased(diskId, "file-system/" + name);
  }

  /** Any other id, by what it is for. */
  public UUID id(String name) {
    return nameBased(diskId, "id/" + name);
  }

  /** The 32-bit serial of a FAT volume, by what it is for. */
  public long fatSerial(String name) {
    return fileSystemId(name).getMostSignificantBits() >>> 32;
  }

  /** The 32 bits in the first sector that BIOS and Linux know the disk by. Never zero. */
  public long diskSignature() {
    long bits = nameBased(diskId, "mbr").getMostSignificantBits() >>> 32;
    return bits == 0 ? 1 : bits;
  }

  /** RFC 9562, 5.5: SHA-1 of namespace and name, cut to 128 bits, six of them fixed. */
  private static UUID nameBased(UUID namespace, String name) {
    MessageDigest sha1;
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
    sha1.update(
        ByteBuffer.allocate(16)
            .putLong(namespace.getMostSignificantBits())
            .putLong(namespace.getLeastSignificantBits())
            .flip());
    ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
    long high = hash.getLong() & ~0xf000L | VERSION << 12;
    long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 1L << 63;
    return new UUID(high, low);
  }
}
