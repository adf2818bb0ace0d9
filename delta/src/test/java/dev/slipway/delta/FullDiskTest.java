// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, wherever that is: one clear error, and no target. */
@RequiresTool(value = "unshare", in = "util-linux")
class FullDiskTest {
  private static final int SIZE = 6 << 20;

  /** Applies with a disk of 1 MiB mounted, of which little is left, and lists what is there. */
  private static final String ON_A_SMALL_DISK =
      "set -e; mount -t tmpfs -o size=1m none \"$1\";"
          + " head -c \"$2\" /dev/zero > \"$1/other\"; disk=$1; shift 2;"
          + " \"$@\" || echo \"status $?\"; ls \"$disk\"";

  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void makeDelta() throws IOException {
    disk = Files.createDirectory(directory.resolve("disk"));
    byte[] before = new byte[SIZE];
    byte[] after = new byte[SIZE];
    new Random(1).nextBytes(before);
    new Random(2).nextBytes(after);
    write(new EditedImage(before, after), Profile.FAST);
  }

  private void write(EditedImage pair, Profile profile) throws IOException {
    Files.write(directory.resolve("before"), pair.before());
    Files.write(
        directory.resolve("delta"), new DeltaFiles(directory).make(pair, profile, Runnable::run));
  }

  /** What the process and the list of files on the disk say. */
  private String apply(int used, Path... arguments) throws Exception {
    var command =
        new ArrayList<>(List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c"));
    command.addAll(List.of(ON_A_SMALL_DISK, "sh", disk.toString(), Integer.toString(used)));
    command.addAll(ApplyProcess.command(directory, arguments));
    return Tool.run(Map.of(), command.toArray(String[]::new)).output();
  }

  @Test
  void theTargetsDisk() throws Exception {
    assertThat(apply(0, disk.resolve("made"), directory))
        .contains(
            "IOException: " + disk.resolve("made.part") + ": write at byte ",
            ": No space left on device; once that is mended, applying the same delta again goes on")
        .endsWith("status 1\nmade.part\nmade.part.state\nother\n");
  }

  @Test
  void theDiskOfTheStateFile() throws Exception {
    Path device = Files.write(directory.resolve("device"), new byte[SIZE]);
    Path state = disk.resolve("state");
    assertThat(apply(1 << 20, device, directory, state))
        .contains(
            "IOException: " + state + ": noting how far the target is: No space left on device")
        .endsWith("status 1\nother\nstate\n");
  }

  @Test
  void theDiskOfTemporaryFilesIsLookedAtBeforeAnythingIsWritten() throws Exception {
    write(withMembers(), Profile.MAX);
    Path made = directory.resolve("made");
    assertThat(apply((1 << 20) - 8192, made, disk))
        .contains(
            "IOException: " + disk + ": has 8 KiB left, and applying needs ",
            " for temporary files; make room or name another directory")
        .endsWith("status 1\nother\n");
    assertThat(directory.resolve("made.part")).doesNotExist();
  }

  /** Two texts that differ little, compressed. */
  private static EditedImage withMembers() throws Exception {
    byte[] text = new byte[300_000];
    var random = new Random(3);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(16));
    }
    byte[] changed = text.clone();
    Arrays.fill(changed, 1000, 1020, (byte) 'z');
    return new EditedImage(zipped(text), zipped(changed));
  }

  private static byte[] zipped(byte[] text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text);
    }
    return out.toByteArray();
  }
}
