// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of others, from the command line. */
class InspectCommandTest {
  private static final int BOOT_SECTOR = 2048;
  private static final int BOOT_KIB = 8192;
  private static final int SYSTEM_SECTOR = 18_432;
  private static final int SYSTEM_KIB = 16_384;

  @TempDir Path temp;
  private final CommandShell slipway = new CommandShell();

  @Test
  @RequiresTool(value = "sfdisk", in = "fdisk")
  @RequiresTool(value = "mkfs.fat", in = "dosfstools")
  @RequiresTool(value = "mke2fs", in = "e2fsprogs")
  @RequiresTool(value = "python3", in = "python3-minimal")
  void showsADiskThatOtherToolsMade() throws Exception {
    Path disk = foreign();
    assertThat(slipway.run("inspect", disk.toString())).as(slipway.err()).isZero();
    assertThat(slipway.out())
        .startsWith("foreign.img: 32 MiB (33554432 bytes)\nGUID partition table")
        .contains("1 firmware (")
        .contains("  vfat of 8.0 MiB")
        .contains("label \"FIRMWARE\"")
        .contains("2 system (")
        .contains("  ext4 of 16 MiB")
        .contains("label \"sys\"")
        .contains("  Another Linux 7\n")
        .doesNotContain("Slipway", "! ");

    assertThat(slipway.run("inspect", "--json", disk.toString())).as(slipway.err()).isZero();
    Path json = Files.writeString(temp.resolve("inspection.json"), slipway.out());
    assertThat(
            Tool.output(
                    "python3",
                    "-c",
                    "import json,sys; d=json.load(open(sys.argv[1])); print(d['layout'],"
                        + " [(p['name'], p['fileSystem']['kind']) for p in d['partitions']],"
                        + " d['partitions'][1]['system']['title'], d['complaints'])",
                    json.toString())
                .strip())
        .isEqualTo("None [('firmware', 'vfat'), ('system', 'ext4')] Another Linux 7 []");
  }

  private Path foreign() throws Exception {
    Path disk = temp.resolve("foreign.img");
    try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(32L << 20);
    }
    Path table = temp.resolve("table");
    Files.writeString(
        table,
        String.join(
            "\n",
            "label: gpt",
            "start=" + BOOT_SECTOR + ", size=" + 2 * BOOT_KIB + ", type=uefi, name=firmware",
            "start=" + SYSTEM_SECTOR + ", size=" + 2 * SYSTEM_KIB + ", type=linux, name=system",
            ""));
    Tool.output("sh", "-c", "sfdisk -q " + disk + " < " + table);
    Tool.output(
        "mkfs.fat",
        "-n",
        "FIRMWARE",
        "--offset",
        Integer.toString(BOOT_SECTOR),
        disk.toString(),
        Integer.toString(BOOT_KIB));
    Path root = temp.resolve("root");
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/os-release"), "PRETTY_NAME=\"Another Linux 7\"\n");
    Tool.output(
        "mke2fs",
        "-q",
        "-F",
        "-t",
        "ext4",
        "-L",
        "sys",
        "-d",
        root.toString(),
        "-E",
        "offset=" + SYSTEM_SECTOR * 512,
        disk.toString(),
        SYSTEM_KIB + "k");
    return disk;
  }

  @Test
  void saysWhatIsNoImage() throws Exception {
    Path text = Files.writeString(temp.resolve("letter.txt"), "Dear Sir,\n");
    assertThat(slipway.run("inspect", text.toString())).isZero();
    assertThat(slipway.out()).contains("no partition table", "no file system known to us");
    assertThat(slipway.run("inspect", temp.resolve("none.img").toString())).isEqualTo(Main.FAILED);
    assertThat(slipway.err())
        .isEqualTo("slipway: " + temp.resolve("none.img") + ": no such file\n");
  }
}
