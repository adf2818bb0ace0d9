// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import dev.slipway.io.Struct;

/**
 * The first sector of a GPT disk: boot code for BIOS machines, and one partition over the whole
 * disk that keeps old tools away.
 *
 * @see <a href="https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html">UEFI 2.10,
 *     5.2.3</a>
 */
final class ProtectiveMbr {
  static final int BYTES = 512;
  static final int BOOT_CODE_BYTES = 440;
  static final int SIGNATURE_OFFSET = 440;
  static final int FIRST_RECORD_OFFSET = 446;
  static final int RECORD_BYTES = 16;
  static final int GPT_PROTECTIVE = 0xee;
  private static final byte[] CHS_OF_SECTOR_1 = {0x00, 0x02, 0x00};

  /**
   * The specification wants the last sector's address here where three bytes can express it. What
   * geometry that address would be in is the firmware's secret, so everyone writes the "does not
   * fit" value.
   */
  private static final byte[] CHS_BEYOND = {(byte) 0xff, (byte) 0xff, (byte) 0xff};

  private ProtectiveMbr() {}

  static byte[] bytes(byte[] bootCode, long diskSignature, long sectorCount) {
    return Struct.littleEndian(BYTES)
        .bytes(0, bootCode, "BootCode")
        .u32(SIGNATURE_OFFSET, diskSignature, "UniqueMBRDiskSignature")
        .u16(444, 0, "Unknown")
        .u8(FIRST_RECORD_OFFSET, 0, "BootIndicator")
        .bytes(447, CHS_OF_SECTOR_1, "StartingCHS")
        .u8(450, GPT_PROTECTIVE, "OSType")
        .bytes(451, CHS_BEYOND, "EndingCHS")
        .u32(454, 1, "StartingLBA")
        .u32(458, Math.min(sectorCount - 1, 0xffff_ffffL), "SizeInLBA")
        .u16(510, 0xaa55, "Signature")
        .bytes();
  }
}
