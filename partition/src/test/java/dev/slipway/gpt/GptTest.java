// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GptTest {
  private static final UUID DISK = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final UUID ID = UUID.fromString("11111111-2222-3333-4444-555555555555");

  /** The smallest disk that has room for both tables and one sector between them. */
  private static final long SECTORS = 34 + 1 + 33;

  private static GptEntry entry(int number, long first, long last, String name) {
    return new GptEntry(
        number,
        PartitionType.EFI_SYSTEM,
        number == 1 ? ID : new UUID(number, number),
        first,
        last,
        GptEntry.REQUIRED,
        name);
  }

  /** Each line is a row of the specification's tables 5.3 to 5.6, byte by byte. */
  @Test
  void theSmallestTableByHand() {
    Gpt table = Gpt.of(DISK, 512, SECTORS, List.of(entry(1, 34, 34, "esp")));
    byte[] head = table.primaryBytes(new byte[440], 0xdeadbeefL);
    assertThat(hex(head, 440, 6)).isEqualTo("efbeadde 0000".replace(" ", ""));
    assertThat(hex(head, 446, 16))
        .isEqualTo(
            ("00" // BootIndicator
                + "000200" // StartingCHS: sector 1
                + "ee" // OSType
                + "ffffff" // EndingCHS
                + "01000000" // StartingLBA
                + "43000000")); // SizeInLBA: 67
    assertThat(hex(head, 462, 50)).isEqualTo("00".repeat(48) + "55aa");
    assertThat(hex(head, 512, 16))
        .isEqualTo("4546492050415254" + "00000100" + "5c000000"); // EFI PART, 1.0, 92 bytes
    assertThat(hex(head, 532, 4)).isEqualTo("00000000"); // Reserved
    assertThat(hex(head, 536, 32))
        .isEqualTo(
            "0100000000000000" // MyLBA
                + "4300000000000000" // AlternateLBA: 67
                + "2200000000000000" // FirstUsableLBA: 34
                + "2200000000000000"); // LastUsableLBA: 34
    assertThat(hex(head, 568, 16))
        .isEqualTo("33221100" + "5544" + "7766" + "8899aabbccddeeff"); // DiskGUID
    assertThat(hex(head, 584, 16))
        .isEqualTo("0200000000000000" + "80000000" + "80000000"); // entries: LBA 2, 128 of 128
    assertThat(hex(head, 604, 420)).isEqualTo("00".repeat(420));
    assertThat(hex(head, 1024, 128))
        .isEqualTo(
            "28732ac11ff8d211ba4b00a0c93ec93b" // PartitionTypeGUID
                + "11111111222233334444555555555555" // UniquePartitionGUID
                + "2200000000000000" // StartingLBA
                + "2200000000000000" // EndingLBA
                + "0100000000000000" // Attributes
                + "650073007000"
                + "00".repeat(66)); // PartitionName
    assertThat(hex(head, 1152, 127 * 128)).isEqualTo("00".repeat(127 * 128));
    assertThat(head).hasSize(34 * 512);
    byte[] tail = table.backupBytes();
    assertThat(tail).hasSize(33 * 512);
    assertThat(table.backupOffset()).isEqualTo(35 * 512);
    assertThat(Arrays.copyOf(tail, 32 * 512))
        .isEqualTo(Arrays.copyOfRange(head, 1024, 1024 + 32 * 512));
    assertThat(hex(tail, 32 * 512 + 24, 16)).isEqualTo("4300000000000000" + "0100000000000000");
    assertThat(hex(tail, 32 * 512 + 72, 8)).isEqualTo("2300000000000000"); // its entries: LBA 35
  }

  @Test
  void keepsBootCodeAndSignature() {
    byte[] code = new byte[440];
    Arrays.fill(code, (byte) 0x5a);
    byte[] head = Gpt.of(DISK, 512, SECTORS, List.of()).primaryBytes(code, 0x0102_0304L);
    assertThat(Arrays.copyOf(head, 440)).isEqualTo(code);
    assertThat(hex(head, 440, 4)).isEqualTo("04030201");
    assertThatThrownBy(() -> Gpt.of(DISK, 512, SECTORS, List.of()).primaryBytes(new byte[446], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the boot code has 446 bytes, expected 440");
  }

  @Test
  void theProtectivePartitionIsClampedTo32Bits() {
    Gpt table = Gpt.of(DISK, 512, 1L << 33, List.of());
    assertThat(hex(table.primaryBytes(new byte[440], 0), 458, 4)).isEqualTo("ffffffff");
    Gpt exact = Gpt.of(DISK, 512, 1L << 32, List.of());
    assertThat(hex(exact.primaryBytes(new byte[440], 0), 458, 4)).isEqualTo("ffffffff");
    Gpt below = Gpt.of(DISK, 512, (1L << 32) - 1, List.of());
    assertThat(hex(below.primaryBytes(new byte[440], 0), 458, 4)).isEqualTo("feffffff");
  }

  @Test
  void sectorsOf4096BytesHoldTheTableInFewer() {
    Gpt table = Gpt.of(DISK, 4096, 1000, List.of(entry(1, 6, 994, "all")));
    assertThat(table.firstUsableLba()).isEqualTo(6);
    assertThat(table.lastUsableLba()).isEqualTo(994);
    byte[] head = table.primaryBytes(new byte[440], 0);
    assertThat(head).hasSize(6 * 4096);
    assertThat(hex(head, 4096, 8)).isEqualTo("4546492050415254");
    assertThat(hex(head, 4096 + 72, 8)).isEqualTo("0200000000000000");
    assertThat(hex(head, 2 * 4096 + 32, 8)).isEqualTo("0600000000000000");
    assertThat(table.backupBytes()).hasSize(5 * 4096);
    assertThat(table.backupOffset()).isEqualTo(995 * 4096);
  }

  @Test
  void holdsNamesOf36Units() {
    assertThat(entry(1, 34, 34, "x".repeat(36)).name()).hasSize(36);
    assertThat(entry(1, 34, 34, "\ud83d\ude80".repeat(18)).name()).hasSize(36);
  }

  @Test
  void rejectsNameOf37Units() {
    assertThatThrownBy(() -> entry(1, 34, 34, "x".repeat(37)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 36 UTF-16 units")
        .hasMessageEndingWith("has 37");
    assertThatThrownBy(() -> entry(1, 34, 34, "a\ud83d"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> entry(1, 34, 34, "a\0b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rejectsPartitionsThatOverlapOrLeaveTheDisk() {
    assertThatThrownBy(
            () -> Gpt.of(DISK, 512, 1000, List.of(entry(1, 40, 50, ""), entry(2, 50, 60, ""))))
        .hasMessage("partition 2 starts at sector 50, within partition 1, which ends at 50");
    assertThatThrownBy(() -> Gpt.of(DISK, 512, 1000, List.of(entry(1, 33, 50, ""))))
        .hasMessage("partition 1 has sectors 33 to 50, usable are 34 to 966");
    assertThatThrownBy(() -> Gpt.of(DISK, 512, 1000, List.of(entry(1, 40, 967, ""))))
        .hasMessageContaining("usable are 34 to 966");
    assertThatThrownBy(
            () -> Gpt.of(DISK, 512, 1000, List.of(entry(3, 40, 50, ""), entry(3, 60, 61, ""))))
        .hasMessage("two partitions have the number 3");
    assertThatThrownBy(() -> Gpt.of(DISK, 512, 66, List.of()))
        .hasMessageContaining("on a disk of 66");
    assertThatThrownBy(() -> entry(129, 40, 50, "")).hasMessageContaining("1 to 128");
    assertThatThrownBy(() -> Gpt.of(DISK, 1024, 1000, List.of()))
        .hasMessageContaining("512 or 4096");
  }

  @Test
  void entriesStandByNumberWhateverTheirPlace() {
    Gpt table =
        Gpt.of(DISK, 512, 1000, List.of(entry(128, 40, 40, "last"), entry(2, 900, 900, "")));
    byte[] head = table.primaryBytes(new byte[440], 0);
    assertThat(hex(head, 1024, 16)).isEqualTo("00".repeat(16));
    assertThat(hex(head, 1024 + 128 + 32, 8)).isEqualTo("8403000000000000");
    assertThat(hex(head, 1024 + 127 * 128 + 32, 8)).isEqualTo("2800000000000000");
  }

  @Test
  void rootTypesAreThoseOfTheDiscoverablePartitions() {
    assertThat(PartitionType.root("amd64").orElseThrow().id())
        .hasToString("4f68bce3-e8cd-4db1-96e7-fbcaf984b709");
    assertThat(PartitionType.root("vax")).isEmpty();
    assertThat(PartitionType.of(PartitionType.BIOS_BOOT.id())).isSameAs(PartitionType.BIOS_BOOT);
    assertThat(PartitionType.of(ID).name()).isEqualTo(ID.toString());
    assertThatThrownBy(() -> new PartitionType(new UUID(0, 0), "none"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String hex(byte[] bytes, int offset, int length) {
    return HexFormat.of().formatHex(bytes, offset, offset + length);
  }
}
