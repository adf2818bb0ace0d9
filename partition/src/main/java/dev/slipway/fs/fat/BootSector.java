// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.FormatException;
import dev.slipway.io.Struct;
import dev.slipway.io.StructReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The first sector: the BIOS parameter block, and code that says that nothing boots from here.
 *
 * @see <a
 *     href="https://download.microsoft.com/download/1/6/1/161ba512-40e2-4cc9-843a-923143f3456c/fatgen103.doc">
 *     Microsoft FAT specification 1.03, "Boot Sector and BPB"</a>
 */
record BootSector(FatGeometry geometry, String label, long serial, long rootCluster) {
  static final int BYTES = 512;
  static final int BACKUP_SECTOR = 6;
  static final int FS_INFO_SECTOR = 1;
  static final String NO_LABEL = "NO NAME";
  private static final int MEDIA_FIXED_DISK = 0xf8;
  private static final int SIGNATURE = 0xaa55;
  private static final int LOADED_AT = 0x7c00;

  /**
   *
   *
   * <pre>
   *   31 c0     xor ax,ax
   *   8e d8     mov ds,ax
   *   fc        cld
   *   be xx xx  mov si,message
   *   ac        next: lodsb
   *   84 c0     test al,al
   *   74 09     jz halt
   *   b4 0e     mov ah,0x0e      teletype output
   *   bb 07 00  mov bx,7         page 0, light grey
   *   cd 10     int 0x10
   *   eb f2     jmp next
   *   f4        halt: hlt
   *   eb fd     jmp halt
   * </pre>
   */
  private static final String CODE = "31c08ed8fcbe%02x%02xac84c07409b40ebb0700cd10ebf2f4ebfd";

  private static final int CODE_BYTES = 25;
  private static final String MESSAGE = "Nothing boots from this partition.\r\n";

  byte[] bytes() {
    boolean wide = geometry.type() == FatType.FAT32;
    int tail = wide ? 64 : 36; // where the fields that both kinds share come again
    int code = tail + 26;
    boolean small = !wide && geometry.totalSectors() < 0x10000;
    Struct sector =
        Struct.littleEndian(BYTES)
            .bytes(0, new byte[] {(byte) 0xeb, (byte) (code - 2), (byte) 0x90}, "BS_jmpBoot")
            .asciiSpaced(3, 8, "SLIPWAY", "BS_OEMName")
            .u16(11, geometry.sectorBytes(), "BPB_BytsPerSec")
            .u8(13, geometry.sectorsPerCluster(), "BPB_SecPerClus")
            .u16(14, geometry.reservedSectors(), "BPB_RsvdSecCnt")
            .u8(16, geometry.tableCount(), "BPB_NumFATs")
            .u16(17, geometry.rootEntries(), "BPB_RootEntCnt")
            .u16(19, small ? (int) geometry.totalSectors() : 0, "BPB_TotSec16")
            .u8(21, MEDIA_FIXED_DISK, "BPB_Media")
            .u16(22, wide ? 0 : (int) geometry.tableSectors(), "BPB_FATSz16")
            .u16(24, 63, "BPB_SecPerTrk") // geometry of no disk in use; the usual fiction
            .u16(26, 255, "BPB_NumHeads")
            .u32(28, 0, "BPB_HiddSec") // unknown here; only boot code would read it
            .u32(32, small ? 0 : geometry.totalSectors(), "BPB_TotSec32");
    if (wide) {
      sector
          .u32(36, geometry.tableSectors(), "BPB_FATSz32")
          .u16(40, 0, "BPB_ExtFlags") // all tables are kept alike
          .u16(42, 0, "BPB_FSVer")
          .u32(44, rootCluster, "BPB_RootClus")
          .u16(48, FS_INFO_SECTOR, "BPB_FSInfo")
          .u16(50, BACKUP_SECTOR, "BPB_BkBootSec")
          .bytes(52, new byte[12], "BPB_Reserved");
    }
    return sector
        .u8(tail, 0x80, "BS_DrvNum")
        .u8(tail + 1, 0, "BS_Reserved1")
        .u8(tail + 2, 0x29, "BS_BootSig") // the next three fields are there
        .u32(tail + 3, serial, "BS_VolID")
        .bytes(tail + 7, FatNames.labelBytes(label.isEmpty() ? NO_LABEL : label), "BS_VolLab")
        .asciiSpaced(tail + 18, 8, geometry.type().name(), "BS_FilSysType")
        .bytes(code, code(LOADED_AT + code + CODE_BYTES), "code")
        .ascii(code + CODE_BYTES, MESSAGE.length() + 1, MESSAGE, "message")
        .u16(510, SIGNATURE, "Signature_word")
        .bytes();
  }

  private static byte[] code(int message) {
    return HexFormat.of().parseHex(String.format(Locale.ROOT, CODE, message & 0xff, message >> 8));
  }

  /** FAT32's note of how many clusters are free and where to look for them. */
  static byte[] fsInfo(long freeCount, long nextFree) {
    return Struct.littleEndian(BYTES)
        .u32(0, 0x41615252L, "FSI_LeadSig")
        .u32(484, 0x61417272L, "FSI_StrucSig")
        .u32(488, freeCount, "FSI_Free_Count")
        .u32(492, nextFree, "FSI_Nxt_Free")
        .u32(508, 0xaa550000L, "FSI_TrailSig")
        .bytes();
  }

  /** Whether these bytes look like a FAT boot sector, before any error is worth reporting. */
  static boolean recognised(byte[] sector) {
    if (sector.length < BYTES || (sector[510] & 0xff) != 0x55 || (sector[511] & 0xff) != 0xaa) {
      return false;
    }
    int jump = sector[0] & 0xff;
    int sectorBytes = (sector[11] & 0xff) | (sector[12] & 0xff) << 8;
    int media = sector[21] & 0xff;
    return (jump == 0xeb || jump == 0xe9)
        && sectorBytes >= 512
        && sectorBytes <= 4096
        && Integer.bitCount(sectorBytes) == 1
        && Integer.bitCount(sector[13] & 0xff) == 1
        && sector[16] != 0
        && (media == 0xf0 || media >= 0xf8);
  }

  static BootSector read(String source, byte[] sector, long sizeBytes) throws FormatException {
    StructReader in = StructReader.littleEndian(source, 0, sector);
    if (in.u16(510, "Signature_word") != SIGNATURE) {
      throw in.error(510, "Signature_word", "found no 55 aa: not a FAT volume");
    }
    int sectorBytes = in.u16(11, "BPB_BytsPerSec");
    if (sectorBytes < 512 || sectorBytes > 4096 || Integer.bitCount(sectorBytes) != 1) {
      throw in.error(
          11, "BPB_BytsPerSec", "found " + sectorBytes + ", expected 512, 1024, 2048 or 4096");
    }
    int sectorsPerCluster = in.u8(13, "BPB_SecPerClus");
    if (Integer.bitCount(sectorsPerCluster) != 1) {
      throw in.error(
          13, "BPB_SecPerClus", "found " + sectorsPerCluster + ", expected a power of two");
    }
    int reserved = in.u16(14, "BPB_RsvdSecCnt");
    int tables = in.u8(16, "BPB_NumFATs");
    if (reserved == 0 || tables == 0) {
      throw in.error(14, "BPB_RsvdSecCnt, BPB_NumFATs", "found " + reserved + " and " + tables);
    }
    int rootEntries = in.u16(17, "BPB_RootEntCnt");
    long total16 = in.u16(19, "BPB_TotSec16");
    long total = total16 != 0 ? total16 : in.u32(32, "BPB_TotSec32");
    if (total == 0 || total > sizeBytes / sectorBytes) {
      throw in.error(
          32,
          "BPB_TotSec32",
          "found " + total + " sectors, the source has " + sizeBytes / sectorBytes);
    }
    long size16 = in.u16(22, "BPB_FATSz16");
    boolean wide = size16 == 0;
    long tableSectors = wide ? in.u32(36, "BPB_FATSz32") : size16;
    FatGeometry asFat32 =
        new FatGeometry(
            FatType.FAT32,
            sectorBytes,
            sectorsPerCluster,
            reserved,
            tables,
            tableSectors,
            rootEntries,
            total);
    if (tableSectors == 0 || asFat32.dataStartSector() >= total) {
      throw in.error(
          36,
          "BPB_FATSz",
          "clusters would start at sector " + asFat32.dataStartSector() + " of " + total);
    }
    // A volume without FATSz16 has FAT32's layout however few clusters it has: mkfs.fat -F 32
    // makes such volumes, and all drivers read them.
    FatType type = wide ? FatType.FAT32 : FatType.of(asFat32.clusterCount());
    FatGeometry geometry =
        new FatGeometry(
            type,
            sectorBytes,
            sectorsPerCluster,
            reserved,
            tables,
            tableSectors,
            rootEntries,
            total);
    if (wide ? rootEntries != 0 : type == FatType.FAT32) {
      throw in.error(
          17,
          "BPB_RootEntCnt",
          "found " + rootEntries + " with " + geometry.clusterCount() + " clusters");
    }
    long entryCount = geometry.lastCluster() + 1;
    if (geometry.clusterCount() < 1
        || geometry.clusterCount() > type.clustersMax()
        || type.tableBytes(entryCount) > tableSectors * sectorBytes) {
      throw in.error(
          36,
          "BPB_FATSz",
          "found "
              + tableSectors
              + " sectors, too few for "
              + geometry.clusterCount()
              + " clusters");
    }
    long root = wide ? in.u32(44, "BPB_RootClus") : 0;
    if (wide && (root < FatGeometry.FIRST_CLUSTER || root > geometry.lastCluster())) {
      throw in.error(
          44, "BPB_RootClus", "found " + root + ", expected 2 to " + geometry.lastCluster());
    }
    int tail = wide ? 64 : 36;
    boolean named = in.u8(tail + 2, "BS_BootSig") == 0x29;
    String label =
        named
            ? in.text(tail + 7, 11, StandardCharsets.ISO_8859_1, "BS_VolLab").stripTrailing()
            : "";
    return new BootSector(
        geometry,
        label.equals(NO_LABEL) ? "" : label,
        named ? in.u32(tail + 3, "BS_VolID") : 0,
        root);
  }
}
