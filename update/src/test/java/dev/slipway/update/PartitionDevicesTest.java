// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.disk.DiskLayout;
import dev.slipway.gpt.Gpt;
import dev.slipway.gpt.GptEntry;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel remembers a disk and its partitions apart, and others write through a partition. */
@RequiresTool(value = "losetup", in = "mount")
class PartitionDevicesTest {
  private static final int SECTOR = 512;

  /** In the EFI system partition, behind all files. */
  private static final long PAGE = 4 << 20;

  @TempDir Path directory;

  @Test
  void whatWasWrittenThroughThePartitionIsNotPutBackAsItWas() throws Exception {
    boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    assumeTrue(root && Tool.run(Map.of(), "losetup", "-f").status() == 0, "needs loop devices");
    Path image = directory.resolve("disk.img");
    Files.write(image, SampleMachine.disk());
    Path whole = loop(image, 0, Files.size(image));
    Path partition;
    try (BlockSource source = BlockSource.file(image)) {
      Gpt table = Gpt.read(source, "disk").table();
      GptEntry esp = table.entry(DiskLayout.ESP).orElseThrow();
      partition = loop(image, table.offsetBytes(esp), table.sizeBytes(esp));
    }
    byte[] first = SampleMachine.noise(1, SECTOR);
    byte[] second = SampleMachine.noise(2, SECTOR);
    try (BlockSource mounted = BlockSource.file(whole); // as mounted partitions hold a disk
        SystemDisk disk = SystemDisk.open(whole)) {
      assertThat(disk.partition(DiskLayout.ESP).readFully(PAGE, 2 * SECTOR)).containsOnly(0);
      try (BlockSink other = BlockSink.openFile(partition)) {
        other.write(PAGE, first);
        other.flush();
      }
      disk.alone(
          () -> {
            disk.sink(DiskLayout.ESP).write(PAGE + SECTOR, second);
            disk.sink(DiskLayout.ESP).flush();
            return null;
          });
      assertThat(mounted.size()).isEqualTo(Files.size(image));
      try (BlockSource other = BlockSource.file(partition)) {
        assertThat(other.readFully(PAGE, SECTOR)).isEqualTo(first);
        assertThat(other.readFully(PAGE + SECTOR, SECTOR)).isEqualTo(second);
      }
    } finally {
      Tool.output("losetup", "-d", partition.toString());
      Tool.output("losetup", "-d", whole.toString());
    }
  }

  private static Path loop(Path image, long offset, long size) throws Exception {
    return Path.of(
        Tool.output(
                "losetup",
                "--find",
                "--show",
                "--offset=" + offset,
                "--sizelimit=" + size,
                image.toString())
            .strip());
  }
}
