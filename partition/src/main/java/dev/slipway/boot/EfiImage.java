// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * As much of a program for UEFI as choosing its name needs: the machine it is for and its sections.
 *
 * @see <a href="https://learn.microsoft.com/windows/win32/debug/pe-format">PE format</a>
 */
final class EfiImage {
  private static final int COFF_BYTES = 24;
  private static final int SECTION_BYTES = 40;
  private static final int PE32 = 0x10B;
  private static final int PE32_PLUS = 0x20B;
  private static final int CERTIFICATE_TABLE = 4;

  private final StructReader in;
  private final int coff;
  private final int fileBytes;

  private EfiImage(StructReader in, int coff, int fileBytes) {
    this.in = in;
    this.coff = coff;
    this.fileBytes = fileBytes;
  }

  static EfiImage read(String source, byte[] bytes) throws FormatException {
    StructReader in = StructReader.littleEndian(source, 0, bytes);
    if (in.u16(0, "e_magic") != 0x5A4D) {
      throw in.error(0, "e_magic", "expected \"MZ\"; is this a program for UEFI?");
    }
    long at = in.u32(0x3C, "e_lfanew");
    if (at > bytes.length - COFF_BYTES || at < 0x40) {
      throw in.error(0x3C, "e_lfanew", "found " + at + ", the file has " + bytes.length + " bytes");
    }
    int coff = (int) at;
    if (in.u32(coff, "Signature") != 0x4550) {
      throw in.error(coff, "Signature", "expected \"PE\"");
    }
    return new EfiImage(in, coff, bytes.length);
  }

  /** The ending of the names that firmware looks for: {@code BOOTX64.EFI}. */
  String machine() throws FormatException {
    int machine = in.u16(coff + 4, "Machine");
    switch (machine) {
      case 0x8664:
        return "x64";
      case 0xAA64:
        return "aa64";
      case 0x14C:
        return "ia32";
      default:
        throw in.error(
            coff + 4,
            "Machine",
            "found 0x" + Integer.toHexString(machine) + ", expected x86-64, AArch64 or i386");
    }
  }

  /** Refuses a file that is cut off: its signature, which lies at the end, must be there. */
  void requireSignature() throws FormatException {
    int optional = coff + COFF_BYTES;
    int magic = in.u16(optional, "Magic");
    if (magic != PE32 && magic != PE32_PLUS) {
      throw in.error(optional, "Magic", "found 0x" + Integer.toHexString(magic));
    }
    int entry = optional + (magic == PE32 ? 96 : 112) + CERTIFICATE_TABLE * 8;
    long offset = in.u32(entry, "Certificate Table");
    long size = in.u32(entry + 4, "Certificate Table");
    if (size == 0) {
      throw in.error(entry, "Certificate Table", "the file is not signed");
    }
    if (offset + size > fileBytes) {
      throw in.error(
          entry,
          "Certificate Table",
          "ends at byte " + (offset + size) + ", the file has " + fileBytes + "; is it cut off?");
    }
  }

  /** The bytes of a section, as they lie in the file. */
  Optional<byte[]> section(String name) throws FormatException {
    int count = in.u16(coff + 6, "NumberOfSections");
    int table = coff + COFF_BYTES + in.u16(coff + 20, "SizeOfOptionalHeader");
    for (int i = 0; i < count; i++) {
      int header = table + i * SECTION_BYTES;
      if (in.text(header, 8, StandardCharsets.US_ASCII, "Name").equals(name)) {
        long size = in.u32(header + 16, "SizeOfRawData");
        long offset = in.u32(header + 20, "PointerToRawData");
        if (size > Integer.MAX_VALUE || offset > Integer.MAX_VALUE) {
          throw in.error(header, name, size + " bytes at byte " + offset + " leave the file");
        }
        return Optional.of(in.bytes((int) offset, (int) size, name));
      }
    }
    return Optional.empty();
  }
}
