// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.gpt.Gpt;
import dev.slipway.gpt.GptReading;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the partitioning tools say about our disks. */
@RequiresTool(value = "sgdisk", in = "gdisk")
@RequiresTool(value = "sfdisk", in = "fdisk")
@RequiresTool(value = "parted", in = "parted")
class DiskToolsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(DiskLayout.class)
  void allToolsAreContentWithEveryLayout(DiskLayout layout) throws Exception {
    Path image = write(SampleDisks.of(layout, 512).build());
    Tool.Result verified = Tool.run(Map.of(), "sgdisk", "-v", image.toString());
    assertThat(verified.status()).isZero();
    assertThat(verified.output()).contains("No problems found").doesNotContainIgnoringCase("warn");
    Tool.Result sfdisk = Tool.run(Map.of(), "sfdisk", "--verify", image.toString());
    assertThat(sfdisk.status()).isZero();
    assertThat(sfdisk.output()).contains("No errors detected");
    Tool.Result fdisk = Tool.run(Map.of(), "fdisk", "-l", image.toString());
    assertThat(fdisk.output()).doesNotContain("does not", "corrupt", "mismatch", "not properly");
    Tool.Result parted =
        Tool.run(Map.of(), "parted", "-s", "-m", image.toString(), "unit", "s", "print");
    assertThat(parted.output()).contains("::", "gpt").doesNotContain("Warning", "Error");
  }

  @Test
  void sfdiskSeesWhatWePlanned() throws Exception {
    DiskImage image = SampleDisks.of(DiskLayout.AB, 512).build();
    String dump = Tool.output("sfdisk", "-d", write(image).toString());
    assertThat(dump).contains("label-id: " + image.table().diskId().toString().toUpperCase());
    for (DiskPartition partition : image.partitions()) {
      assertThat(dump)
          .containsPattern(
              "start= *"
                  + partition.entry().firstLba()
                  + ", size= *"
                  + partition.entry().sectorCount()
                  + ", type="
                  + partition.entry().type().id().toString().toUpperCase()
                  + ", uuid="
                  + partition.entry().id().toString().toUpperCase()
                  + ", name=\""
                  + partition.name()
                  + "\"");
    }
    assertThat(dump).contains("attrs=\"GUID:60,63\"");
  }

  /**
   * Only a block device can tell the tools of its sectors, and only root can make one of a file.
   */
  @Test
  @RequiresTool(value = "losetup", in = "mount")
  void toolsAreContentWithSectorsOf4096BytesAndWeReadTheirs() throws Exception {
    DiskImage image = SampleDisks.of(DiskLayout.AB, 4096).build();
    Path path = write(image);
    Tool.Result loop = Tool.run(Map.of(), "losetup", "-f", "--show", "-b", "4096", path.toString());
    assumeThat(loop.status()).as("loop devices need root: " + loop.output()).isZero();
    String device = loop.output().strip();
    try {
      assertThat(Tool.output("sgdisk", "-v", device)).contains("No problems found");
      assertThat(Tool.output("sfdisk", "--verify", device)).contains("No errors detected");
      Tool.output("sgdisk", "-c", "5:renamed", device);
    } finally {
      Tool.output("losetup", "-d", device);
    }
    try (BlockSource source = BlockSource.file(path)) {
      GptReading reading = Gpt.read(source, "renamed");
      assertThat(reading.complaints()).isEmpty();
      assertThat(reading.table().sectorBytes()).isEqualTo(4096);
      assertThat(reading.table().entry(5).orElseThrow().name()).isEqualTo("renamed");
      assertThat(reading.table().entries().subList(0, 4))
          .isEqualTo(image.table().entries().subList(0, 4));
    }
  }

  private Path write(DiskImage image) throws Exception {
    Path path = directory.resolve("disk.img");
    try (BlockSink sink = BlockSink.createFile(path, image.size())) {
      image.writeTo(sink, Progress.none());
    }
    return path;
  }
}
