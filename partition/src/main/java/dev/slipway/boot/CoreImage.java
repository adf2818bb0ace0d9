// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.util.Arrays;

/**
 * What differs between a core image in place 1 and the same in place 2, and what leads to it.
 *
 * <pre>
 *   first sector   0x5C         u64  kernel_sector: the first sector of the confirmed core image
 *   core image     0x1F4        u64  blocklist start: its own second sector
 *                  512 + 0x1A   u8   dos_part of the boot device: its place, less 1
 *   start sector                     the first sector as it would be with this core confirmed
 * </pre>
 *
 * <p>The start sector is what a running GRUB loads to start a core image that no firmware knows of
 * yet: the same boot code that will lead there later. GRUB knows no BIOS partition of that number;
 * it shows the byte as part of {@code $cmdpath}, {@code (hd0,2)}, and the script reads it there.
 */
public final class CoreImage {
  private static final int SECTOR_BYTES = 512;
  private static final int KERNEL_SECTOR = 0x5C;
  private static final int BLOCK_LIST = GrubBios.FIRST_BLOCK_LIST;
  private static final int BOOT_PARTITION = SECTOR_BYTES + 0x1A;
  private static final int NO_PARTITION = 0xFF;
  private static final int SIGNATURE = 0x1FE;

  private CoreImage() {}

  static void requireFits(int bytes) {
    int room = LoaderPlaces.BIOS_BYTES - SECTOR_BYTES;
    if (bytes > room) {
      throw new IllegalArgumentException(
          "the core image has " + bytes + " bytes, a place for one holds " + room);
    }
  }

  /**
   * A core image for a place.
   *
   * @param core one for any place
   * @param partitionLba the first sector of the BIOS boot partition
   */
  public static byte[] placed(byte[] core, long partitionLba, int place) {
    return new PatchedBytes(core)
        .u64(BLOCK_LIST, lba(partitionLba, place) + 1, "blocklist start")
        .u16(BLOCK_LIST + 8, core.length / SECTOR_BYTES - 1, "blocklist len")
        .u8(BOOT_PARTITION, place - 1, "dos_part")
        .done();
  }

  /** The first sector of a place. */
  public static long lba(long partitionLba, int place) {
    return partitionLba + (long) (place - 1) * LoaderPlaces.BIOS_BYTES / SECTOR_BYTES;
  }

  /**
   * The core image at the start of a place.
   *
   * @param place what the place holds
   * @param name what is read, in error messages
   */
  public static byte[] read(byte[] place, String name) throws FormatException {
    int bytes = bytes(place, name);
    if (bytes > place.length - SECTOR_BYTES) {
      throw new FormatException(
          name + ": blocklist len: the image has " + bytes + " bytes, its place " + place.length);
    }
    return Arrays.copyOf(place, bytes);
  }

  /** Refuses what is no core image, or only a part of one, or does not fit a place. */
  public static void requireWhole(byte[] core, String name) throws FormatException {
    int bytes = bytes(core, name);
    if (bytes != core.length || bytes > LoaderPlaces.BIOS_BYTES - SECTOR_BYTES) {
      throw new FormatException(
          name + ": blocklist len: found " + bytes + " bytes in all, the image has " + core.length);
    }
  }

  private static int bytes(byte[] core, String name) throws FormatException {
    StructReader in = StructReader.littleEndian(name, 0, core);
    int sectors = in.u16(BLOCK_LIST + 8, "blocklist len") + 1;
    if (sectors < 3) {
      throw in.error(BLOCK_LIST + 8, "blocklist len", "found " + sectors + " sectors in all");
    }
    if (in.u16(BLOCK_LIST - 4, "blocklist len") != 0) {
      throw in.error(BLOCK_LIST - 4, "blocklist len", "found a second block list, expected one");
    }
    return sectors * SECTOR_BYTES;
  }

  /** Whether a core image knows the place it lies in, as all do that can give way to another. */
  public static boolean knowsItsPlace(byte[] core) {
    return core.length > BOOT_PARTITION && (core[BOOT_PARTITION] & 0xFF) != NO_PARTITION;
  }

  /**
   * Which place the first sector of a disk names.
   *
   * @throws FormatException when it names neither
   */
  public static int named(byte[] firstSector, long partitionLba, String name)
      throws FormatException {
    StructReader in = StructReader.littleEndian(name, 0, firstSector);
    long found = in.u64(KERNEL_SECTOR, "kernel_sector");
    for (int place = 1; place <= 2; place++) {
      if (found == lba(partitionLba, place)) {
        return place;
      }
    }
    throw in.error(
        KERNEL_SECTOR,
        "kernel_sector",
        "found "
            + found
            + ", expected "
            + lba(partitionLba, 1)
            + " or "
            + lba(partitionLba, 2)
            + ": another boot loader is installed here");
  }

  /** The start sector of a place: the disk's boot code, leading there. */
  public static byte[] startSector(byte[] firstSector, long partitionLba, int place) {
    byte[] code = Arrays.copyOf(firstSector, GrubBios.BOOT_CODE_BYTES);
    return new PatchedBytes(Arrays.copyOf(code, SECTOR_BYTES))
        .u64(KERNEL_SECTOR, lba(partitionLba, place), "kernel_sector")
        .u16(SIGNATURE, 0xAA55, "signature")
        .done();
  }
}
