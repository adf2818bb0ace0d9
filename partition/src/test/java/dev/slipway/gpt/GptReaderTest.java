// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GptReaderTest {
  private static final UUID DISK = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final int SECTORS = 200;

  private static Gpt table(int sectorBytes) {
    return Gpt.of(
        DISK,
        sectorBytes,
        SECTORS,
        List.of(
            new GptEntry(
                1, PartitionType.BIOS_BOOT, new UUID(1, 1), 40, 49, 0, "\u00fc\ud83d\ude80"),
            new GptEntry(
                3,
                PartitionType.LINUX_FILE_SYSTEM,
                new UUID(1, 2),
                50,
                50,
                GptEntry.READ_ONLY | GptEntry.NO_AUTO,
                "x".repeat(36))));
  }

  private static byte[] disk(int sectorBytes) {
    Gpt table = table(sectorBytes);
    byte[] disk = new byte[SECTORS * sectorBytes];
    byte[] code = new byte[440];
    Arrays.fill(code, (byte) 7);
    byte[] head = table.primaryBytes(code, 0xfedc_ba98L);
    System.arraycopy(head, 0, disk, 0, head.length);
    byte[] tail = table.backupBytes();
    System.arraycopy(tail, 0, disk, (int) table.backupOffset(), tail.length);
    return disk;
  }

  private static GptReading read(byte[] disk) throws Exception {
    return Gpt.read(BlockSource.bytes(disk), "disk.img");
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void readsWhatWasWritten(int sectorBytes) throws Exception {
    GptReading reading = read(disk(sectorBytes));
    assertThat(reading.table()).isEqualTo(table(sectorBytes));
    assertThat(reading.fromBackup()).isFalse();
    assertThat(reading.complaints()).isEmpty();
    assertThat(reading.diskSignature()).isEqualTo(0xfedc_ba98L);
    assertThat(reading.bootCode()).hasSize(440).containsOnly(7);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void fallsBackToTheBackupAndSaysSo(int sectorBytes) throws Exception {
    for (int damaged : new int[] {sectorBytes + 3, sectorBytes + 60, 2 * sectorBytes + 5}) {
      byte[] disk = disk(sectorBytes);
      disk[damaged] ^= 1;
      GptReading reading = read(disk);
      assertThat(reading.table()).isEqualTo(table(sectorBytes));
      assertThat(reading.fromBackup()).isTrue();
      assertThat(reading.complaints())
          .singleElement()
          .asString()
          .startsWith("the primary table is damaged, this is the backup: ");
    }
  }

  /** The primary fails only after its MBR was complained of; the backup complains of it again. */
  @Test
  void complaintsOfATableThatIsNotBelievedAreDropped() throws Exception {
    byte[] disk = disk(512);
    Arrays.fill(disk, 0, 512, (byte) 0);
    ByteBuffer head = ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(512 + 80, 64); // NumberOfPartitionEntries: 16 sectors of them
    head.putLong(512 + 40, 20); // FirstUsableLBA, where we leave room for 128
    head.putLong(1024 + 32, 20); // StartingLBA of partition 1
    mend(disk, 512, 1024, 64 * 128);
    GptReading reading = read(disk);
    assertThat(reading.fromBackup()).isTrue();
    assertThat(reading.complaints()).hasSize(2);
    assertThat(reading.complaints().get(0)).startsWith("the primary table is damaged, this is");
    assertThat(reading.complaints().get(1)).isEqualTo("the first sector is no protective MBR");
  }

  @Test
  void complainsOfADamagedBackup() throws Exception {
    byte[] disk = disk(512);
    disk[disk.length - 512 + 40] ^= 1;
    GptReading reading = read(disk);
    assertThat(reading.fromBackup()).isFalse();
    assertThat(reading.complaints())
        .singleElement()
        .asString()
        .contains("the backup table is damaged", "byte " + (disk.length - 512 + 16), "HeaderCRC32");
  }

  @Test
  void findsTheBackupOfAnImageOnALargerDisk() throws Exception {
    byte[] larger = Arrays.copyOf(disk(512), 300 * 512);
    GptReading reading = read(larger);
    assertThat(reading.table().entries()).isEqualTo(table(512).entries());
    assertThat(reading.table().sectorCount()).isEqualTo(300);
    assertThat(reading.complaints())
        .containsExactly(
            "the backup table is said to be in sector 199, the disk ends with sector 299");
  }

  @Test
  void complainsOfAMissingProtectiveMbr() throws Exception {
    byte[] disk = disk(512);
    Arrays.fill(disk, 0, 512, (byte) 0);
    assertThat(read(disk).complaints()).containsExactly("the first sector is no protective MBR");
  }

  @Test
  void anEmptyDiskHasNoTable() {
    assertThatThrownBy(() -> read(new byte[1 << 16]))
        .isInstanceOf(FormatException.class)
        .hasMessage("disk.img: byte 512: no GUID partition table");
    assertThatThrownBy(() -> read(new byte[0])).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesHostileTables() {
    refused("NumberOfPartitionEntries", head -> head.putInt(80, -1));
    refused("NumberOfPartitionEntries", head -> head.putInt(80, 0));
    refused("SizeOfPartitionEntry", head -> head.putInt(84, 0));
    refused("SizeOfPartitionEntry", head -> head.putInt(84, 192));
    refused("SizeOfPartitionEntry", head -> head.putInt(84, 1 << 30));
    refused("over 1 MiB", head -> head.putInt(80, 8192).putInt(84, 4096));
    refused("MyLBA", head -> head.putLong(24, 2));
    refused("FirstUsableLBA", head -> head.putLong(40, -1));
    refused("FirstUsableLBA", head -> head.putLong(48, Long.MAX_VALUE));
    refused("PartitionEntryLBA", head -> head.putLong(72, Long.MAX_VALUE));
    refused("PartitionEntryLBA", head -> head.putLong(72, 1));
    refused("PartitionEntryLBA", head -> head.putLong(72, 60));
    refused("HeaderSize", head -> head.putInt(12, 1 << 20));
    refused("Revision", head -> head.putInt(8, 0x0002_0000));
    refusedEntry("StartingLBA", entries -> entries.putLong(32, 1));
    refusedEntry("StartingLBA", entries -> entries.putLong(32, -5));
    refusedEntry("EndingLBA", entries -> entries.putLong(40, 39));
    refusedEntry("EndingLBA", entries -> entries.putLong(40, Long.MAX_VALUE));
    refusedEntry("within partition 1", entries -> entries.putLong(40, 50));
    refusedEntry(
        "is another partition's too",
        entries -> entries.putLong(16, entries.getLong(272)).putLong(24, entries.getLong(280)));
  }

  /** Changes both headers alike and mends their checksums, so that only the value is wrong. */
  private static void refused(String field, Consumer<ByteBuffer> change) {
    byte[] disk = disk(512);
    for (int offset : new int[] {512, disk.length - 512}) {
      change.accept(ByteBuffer.wrap(disk, offset, 512).slice().order(ByteOrder.LITTLE_ENDIAN));
      mend(disk, offset, 1024);
    }
    assertThatThrownBy(() -> read(disk))
        .as(field)
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("disk.img: byte ")
        .hasMessageContaining(field);
  }

  private static void refusedEntry(String field, Consumer<ByteBuffer> change) {
    byte[] disk = disk(512);
    int backup = disk.length - 33 * 512;
    for (int offset : new int[] {1024, backup}) {
      change.accept(ByteBuffer.wrap(disk, offset, 16384).slice().order(ByteOrder.LITTLE_ENDIAN));
    }
    mend(disk, 512, 1024);
    mend(disk, disk.length - 512, backup);
    assertThatThrownBy(() -> read(disk))
        .as(field)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(field);
  }

  private static void mend(byte[] disk, int header, int entries) {
    mend(disk, header, entries, 16384);
  }

  private static void mend(byte[] disk, int header, int entries, int entriesBytes) {
    ByteBuffer head = ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN);
    CRC32 crc = new CRC32();
    crc.update(disk, entries, entriesBytes);
    head.putInt(header + 88, (int) crc.getValue());
    head.putInt(header + 16, 0);
    crc.reset();
    crc.update(disk, header, Math.max(0, Math.min(512, head.getInt(header + 12))));
    head.putInt(header + 16, (int) crc.getValue());
  }

  @Test
  void onlyFormatExceptionsComeOutOfCutAndFlippedDisks() throws Exception {
    byte[] disk = disk(512);
    for (int length = 0; length < disk.length; length += length < 1200 ? 1 : 97) {
      readOrRefuse(Arrays.copyOf(disk, length));
    }
    Random random = new Random(42);
    for (int i = 0; i < 5000; i++) {
      byte[] flipped = disk.clone();
      for (int flips = 0; flips < 1 + i % 3; flips++) {
        int at = i % 2 == 0 ? random.nextInt(2048) : random.nextInt(disk.length);
        flipped[at] ^= (byte) (1 << random.nextInt(8));
      }
      readOrRefuse(flipped);
    }
  }

  private static void readOrRefuse(byte[] disk) throws Exception {
    try {
      assertThat(read(disk).table().entries()).hasSize(2);
    } catch (FormatException e) {
      assertThat(e).hasMessageStartingWith("disk.img: ");
    }
  }
}
