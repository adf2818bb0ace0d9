// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.Size;
import java.util.Objects;
import java.util.Optional;

/**
 * What a FAT volume is to be.
 *
 * @param size the whole volume; a multiple of the sector size
 * @param type nothing lets the size decide as mkfs.fat does: FAT32 from 512 MiB on. Force FAT32 for
 *     an EFI system partition, which firmware expects to be one
 * @param label up to 11 characters; empty for none
 * @param serial the 32 bits shown as the volume's id; part of the bytes, so it is never made up
 * @param sectorBytes the logical sectors of the disk it will lie on: 512 (the default) or 4096
 * @param sectorsPerCluster 0 (the default) lets the size decide as mkfs.fat does; otherwise a power
 *     of two up to 128
 */
public record FatOptions(
    Size size,
    Optional<FatType> type,
    String label,
    long serial,
    int sectorBytes,
    int sectorsPerCluster) {
  public FatOptions {
    Objects.requireNonNull(type, "type");
    FatNames.requireLabel(label);
    if (serial < 0 || serial > 0xffff_ffffL) {
      throw new IllegalArgumentException("the serial has 32 bits, not " + serial);
    }
    if (sectorBytes < 512 || sectorBytes > 4096 || Integer.bitCount(sectorBytes) != 1) {
      throw new IllegalArgumentException(
          "sectors have 512, 1024, 2048 or 4096 bytes, not " + sectorBytes);
    }
    if (sectorsPerCluster < 0
        || sectorsPerCluster > 128
        || Integer.bitCount(sectorsPerCluster) > 1) {
      throw new IllegalArgumentException(
          "a cluster has a power of two up to 128 sectors, not " + sectorsPerCluster);
    }
    if (size.bytes() % sectorBytes != 0) {
      throw new IllegalArgumentException(
          "a volume of " + size.bytes() + " bytes does not end with a sector of " + sectorBytes);
    }
  }

  /** A volume of a size; everything else as its parameter says. */
  public static FatOptions of(Size size, long serial) {
    return new FatOptions(size, Optional.empty(), "", serial, 512, 0);
  }

  public FatOptions withType(FatType forced) {
    return new FatOptions(size, Optional.of(forced), label, serial, sectorBytes, sectorsPerCluster);
  }

  public FatOptions withLabel(String newLabel) {
    return new FatOptions(size, type, newLabel, serial, sectorBytes, sectorsPerCluster);
  }

  public FatOptions withSectorBytes(int bytes) {
    return new FatOptions(size, type, label, serial, bytes, sectorsPerCluster);
  }

  public FatOptions withSectorsPerCluster(int sectors) {
    return new FatOptions(size, type, label, serial, sectorBytes, sectors);
  }
}
