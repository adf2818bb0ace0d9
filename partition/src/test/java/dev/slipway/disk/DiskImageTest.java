// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.gpt.Gpt;
import dev.slipway.gpt.GptReading;
import dev.slipway.gpt.PartitionType;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DiskImageTest {
  private static byte[] bytes(Volume volume) throws Exception {
    MemoryBlockSink sink = BlockSink.inMemory((int) volume.size());
    volume.writeTo(sink, Progress.none());
    return sink.bytes();
  }

  @Test
  void partitionsLieBehindEachOtherOnWholeMebibytes() throws Exception {
    DiskImage image = SampleDisks.of(DiskLayout.AB, 512).build();
    assertThat(image.layout())
        .isEqualTo(
            """
            disk fb57e7d2-6b62-5f95-ad72-0b0fdfe6220e: GPT, 80 MiB (83886080 bytes) in sectors of \
            512 bytes, 3.3 MiB of it data
              #  name    type                 first sector  sectors    size       data  id
              1  bios    BIOS boot                    2048     2048   1 MiB   68.4 KiB  \
            9812520c-72eb-5465-931c-a80020027e0f
              2  esp     EFI system                   4096   131072  64 MiB  202.0 KiB  \
            ccfcb88b-7668-583c-a35b-044aa8da6e63
              3  root-a  Linux root (x86-64)        135168    10240   5 MiB    3.0 MiB  \
            1c8d7f72-07a9-591e-81cb-e2e057e281c5
              4  root-b  Linux root (x86-64)        145408    10240   5 MiB      empty  \
            9f5927a8-0915-53a6-ad84-9faeed5634b9
              5  data    Linux file system          155648     6144   3 MiB    4.9 KiB  \
            1bab407a-fd31-556f-983f-5fd5587e848a
            """);
  }

  @ParameterizedTest
  @EnumSource(DiskLayout.class)
  void everyLayoutHasItsPartitions(DiskLayout layout) throws Exception {
    DiskImage image = SampleDisks.of(layout, 512).build();
    assertThat(image.partitions().stream().map(DiskPartition::name))
        .isEqualTo(layout.partitionNames());
    assertThat(image.partition("esp").orElseThrow().number()).isEqualTo(2);
    assertThat(image.partition("bios").orElseThrow().offsetBytes())
        .isEqualTo(DiskLayout.BIOS_OFFSET.bytes());
    byte[] bytes = bytes(image);
    GptReading reading = Gpt.read(BlockSource.bytes(bytes), "disk");
    assertThat(reading.table()).isEqualTo(image.table());
    assertThat(reading.complaints()).isEmpty();
    assertThat(reading.bootCode()).isEqualTo(SampleDisks.pattern(440));
    for (DiskPartition partition : image.partitions()) {
      assertThat(partition.offsetBytes() % (1 << 20)).isZero();
      byte[] content = bytes(partition.content());
      assertThat(
              Arrays.copyOfRange(
                  bytes,
                  (int) partition.offsetBytes(),
                  (int) partition.offsetBytes() + content.length))
          .isEqualTo(content);
    }
  }

  @Test
  void slotBIsAsLargeAsSlotAAndEmpty() {
    DiskImage image = SampleDisks.of(DiskLayout.AB, 512).build();
    DiskPartition a = image.partition("root-a").orElseThrow();
    DiskPartition b = image.partition("root-b").orElseThrow();
    assertThat(b.sizeBytes()).isEqualTo(a.sizeBytes());
    assertThat(b.content().dataBytes()).isZero();
  }

  @Test
  void readingAndWritingGiveTheSameBytes() throws Exception {
    DiskImage image = SampleDisks.of(DiskLayout.RECOVERY, 4096).build();
    byte[] written = bytes(image);
    try (BlockSource source = image.open()) {
      assertThat(Arrays.equals(source.readFully(0, (int) source.size()), written)).isTrue();
    }
  }

  @Test
  void extentsAreThoseOfTheContentsMoved() {
    Content file = Content.bytes(SampleDisks.pattern(5000));
    Volume content =
        ComposedVolume.build(Size.mib(1).bytes(), v -> v.content(4096, "/f", file, 0, 5000));
    DiskImage image =
        DiskImage.builder(SampleDisks.IDENTITY)
            .partition(PartitionPlan.empty("first", PartitionType.LINUX_SWAP, Size.mib(2)))
            .partition(PartitionPlan.of("second", PartitionType.LINUX_FILE_SYSTEM, content))
            .build();
    assertThat(image.extents())
        .containsExactly(new Extent(Size.mib(3).bytes() + 4096, 5000, "/f", 0, file.digest()));
  }

  @Test
  void allProblemsOfAPlanAreNamedAtOnce() {
    Volume large = Volume.zeros(Size.mib(412).bytes());
    DiskImage.Builder disk =
        DiskImage.builder(SampleDisks.IDENTITY)
            .bootCode(new byte[446])
            .size(Size.bytes(1000))
            .partition(
                PartitionPlan.of("root-a", PartitionType.LINUX_FILE_SYSTEM, large)
                    .sized(Size.mib(384)))
            .partition(PartitionPlan.empty("root-a", PartitionType.LINUX_SWAP, Size.mib(1)))
            .partition(PartitionPlan.empty("x".repeat(37), PartitionType.LINUX_SWAP, Size.mib(1)))
            .partition(PartitionPlan.empty("none", PartitionType.LINUX_SWAP, Size.bytes(0)));
    assertThatThrownBy(disk::build)
        .isInstanceOf(ImagePlanException.class)
        .hasMessage(
            """
            disk: the boot code has 446 bytes. Give exactly 440.
            disk: a size of 1000 bytes. Give a multiple of 512 up to 8192 TiB.
            partition "root-a": the name stands twice. Give each a name of its own.
            partition "%s": a partition's name holds at most 36 UTF-16 units, "%s" has 37. \
            Choose another name.
            partition "root-a": its content needs 412 MiB, the partition holds 384 MiB. \
            Make the partition larger or its content smaller.
            partition "none": it has no size. Give it a size or a content."""
                .formatted("x".repeat(37), "x".repeat(37)))
        .satisfies(e -> assertThat(((ImagePlanException) e).problems()).hasSize(6));
  }

  @Test
  void aDiskTooSmallForItsPartitionsSaysWhatItNeeds() {
    DiskImage.Builder disk =
        DiskImage.builder(SampleDisks.IDENTITY)
            .size(Size.mib(65))
            .partition(PartitionPlan.empty("data", PartitionType.LINUX_SWAP, Size.mib(64)));
    assertThatThrownBy(disk::build)
        .isInstanceOf(ImagePlanException.class)
        .hasMessage(
            "disk: the partitions need 66 MiB, the disk has 65 MiB. "
                + "Make the disk larger or its partitions smaller.");
    assertThat(disk.size(Size.mib(66)).build().size()).isEqualTo(Size.mib(66).bytes());
    assertThat(disk.size(Size.mib(100)).build().table().lastUsableLba())
        .isEqualTo(Size.mib(100).bytes() / 512 - 34);
  }

  @ParameterizedTest
  @CsvSource({"0, 1048576", "1, 2097152", "1048576, 2097152"})
  void fittedPartitionsAreContentAndSlackRoundedUp(long slack, long expected) {
    Volume content = Volume.zeros(Size.mib(1).bytes());
    DiskImage image =
        DiskImage.builder(SampleDisks.IDENTITY)
            .partition(
                PartitionPlan.of("p", PartitionType.LINUX_SWAP, content).fitted(Size.bytes(slack)))
            .build();
    assertThat(image.partition("p").orElseThrow().sizeBytes()).isEqualTo(expected);
  }

  @Test
  void layoutsRefuseARecoverySystemThatIsMissingOrTooMuch() {
    var parts =
        new DiskLayout.Parts(
            "amd64",
            new byte[440],
            Volume.zeros(1),
            Volume.zeros(1),
            Volume.zeros(1),
            Optional.empty(),
            Optional.empty(),
            Volume.zeros(1));
    assertThatThrownBy(() -> DiskLayout.RECOVERY.plan(SampleDisks.IDENTITY, parts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a recovery system");
  }

  @Test
  void thePictureIsXmlWithoutScriptsOrLinks() throws Exception {
    DiskImage image =
        DiskImage.builder(SampleDisks.IDENTITY)
            .partition(PartitionPlan.empty("<a & \"b\">", PartitionType.LINUX_SWAP, Size.mib(1)))
            .partition(PartitionPlan.empty("b", PartitionType.EFI_SYSTEM, Size.gib(1)))
            .build();
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(image.svg().getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(4);
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(document.getDocumentElement().getTextContent())
        .contains("1 <a & \"b\">", "1 GiB", "empty", "prefers-color-scheme:dark");
    assertThat(image.svg()).doesNotContain("href", "url(", "<a");
  }

  /** Changed only on purpose: then the changelog says so. */
  @Test
  void theBytesAreAlwaysTheSame() throws Exception {
    String picture = SampleDisks.of(DiskLayout.AB, 512).build().svg();
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      for (String[] place : new String[][] {{"tr", "Asia/Tokyo"}, {"ar", "America/New_York"}}) {
        Locale.setDefault(Locale.forLanguageTag(place[0]));
        TimeZone.setDefault(TimeZone.getTimeZone(place[1]));
        DiskImage image = SampleDisks.of(DiskLayout.AB, 512).build();
        assertThat(Digest.of(bytes(image)).hex())
            .isEqualTo("4feae9037eb5acde8dbd381c4b0a5b175c976c5886bfbe2f1da670891a7f6a11");
        assertThat(image.svg()).isEqualTo(picture);
        assertThat(image.layout()).contains("83886080");
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void idsFollowFromTheSeedAlone() {
    DiskIdentity identity = DiskIdentity.of("robot");
    assertThat(identity).isEqualTo(DiskIdentity.of("robot")).isNotEqualTo(DiskIdentity.of("Robot"));
    assertThat(identity.partitionId("esp")).isNotEqualTo(identity.fileSystemId("esp"));
    assertThat(identity.partitionId("esp").version()).isEqualTo(5);
    assertThat(identity.partitionId("esp").variant()).isEqualTo(2);
    assertThat(identity.diskSignature()).isBetween(1L, 0xffff_ffffL);
    assertThat(identity.fatSerial("esp")).isBetween(0L, 0xffff_ffffL);
  }

  @Test
  @RequiresTool(value = "python3", in = "python3")
  void pythonDerivesTheSameIds() throws Exception {
    DiskIdentity identity =
        new DiskIdentity(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    assertThat(identity.partitionId("root-a"))
        .hasToString(
            Tool.output(
                    "python3",
                    "-c",
                    "import sys, uuid; print(uuid.uuid5(uuid.UUID(sys.argv[1]), sys.argv[2]))",
                    identity.diskId().toString(),
                    "partition/root-a")
                .strip());
  }
}
