// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import dev.slipway.io.FormatException;
import dev.slipway.io.Struct;
import dev.slipway.io.StructReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/**
 * One partition in the GUID partition table.
 *
 * @param number its place in the table, from 1: the {@code 2} of {@code /dev/sda2}
 * @param firstLba its first sector
 * @param lastLba its last sector, inclusive: a one-sector partition ends where it starts
 * @param attributes the 64 bits of UEFI 2.10, table 5.8, and those that each type defines
 * @see <a href="https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html">UEFI 2.10,
 *     5.3.3</a>
 */
public record GptEntry(
    int number,
    PartitionType type,
    UUID id,
    long firstLba,
    long lastLba,
    long attributes,
    String name) {
  /** The machine does not work without it: nothing may delete it. */
  public static final long REQUIRED = 1L;

  /** UAPI.2: to be mounted read-only. */
  public static final long READ_ONLY = 1L << 60;

  /** UAPI.2: not to be found and mounted without being asked for. */
  public static final long NO_AUTO = 1L << 63;

  /** The longest name, in UTF-16 units. */
  public static final int NAME_UNITS_MAX = 36;

  static final int BYTES = 128;
  private static final int NAME_BYTES = 2 * NAME_UNITS_MAX;

  public GptEntry {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(id, "id");
    if (number < 1 || number > Gpt.ENTRY_COUNT) {
      throw new IllegalArgumentException(
          "a partition's number is 1 to " + Gpt.ENTRY_COUNT + ", not " + number);
    }
    if (firstLba < 1 || lastLba < firstLba) {
      throw new IllegalArgumentException(
          "partition " + number + " cannot reach from sector " + firstLba + " to " + lastLba);
    }
    requireName(name);
  }

  /** Refuses a name that does not fit its field or is not text. */
  public static void requireName(String name) {
    if (name.length() > NAME_UNITS_MAX) {
      throw new IllegalArgumentException(
          "a partition's name holds at most "
              + NAME_UNITS_MAX
              + " UTF-16 units, \""
              + name
              + "\" has "
              + name.length());
    }
    if (name.indexOf('\0') >= 0 || !StandardCharsets.UTF_16LE.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException(
          "a partition's name must be Unicode text without NUL: \""
              + name.replace("\0", "\\0")
              + "\"");
    }
  }

  /** How many sectors it has. */
  public long sectorCount() {
    return lastLba - firstLba + 1;
  }

  byte[] bytes() {
    return Struct.littleEndian(BYTES)
        .guid(0, type.id(), "PartitionTypeGUID")
        .guid(16, id, "UniquePartitionGUID")
        .u64(32, firstLba, "StartingLBA")
        .u64(40, lastLba, "EndingLBA")
        .u64(48, attributes, "Attributes")
        .utf16(56, NAME_BYTES, name, "PartitionName")
        .bytes();
  }

  /** Reads an entry that is in use; the caller has seen to {@code type} and to the number. */
  static GptEntry read(int number, UUID type, StructReader in, GptHeader header)
      throws FormatException {
    long first = in.u64(32, "StartingLBA");
    long last = in.u64(40, "EndingLBA");
    if (first < header.firstUsableLba() || first > header.lastUsableLba()) {
      throw in.error(
          32,
          "StartingLBA of partition " + number,
          "found " + Long.toUnsignedString(first) + ", expected " + header.usableRange());
    }
    if (last < first || last > header.lastUsableLba()) {
      throw in.error(
          40,
          "EndingLBA of partition " + number,
          "found "
              + Long.toUnsignedString(last)
              + ", expected "
              + first
              + " to "
              + header.lastUsableLba());
    }
    return new GptEntry(
        number,
        PartitionType.of(type),
        in.guid(16, "UniquePartitionGUID"),
        first,
        last,
        in.u64(48, "Attributes"),
        in.utf16(56, NAME_BYTES, "PartitionName"));
  }
}
