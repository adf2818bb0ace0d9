// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.io.BlockSink;
import dev.slipway.io.ByteSource;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two releases of an image, and the delta between them, from the command line. */
class DeltaCommandTest {
  private static final DiskIdentity IDENTITY = DiskIdentity.of("robot");
  private static final int LIBRARY = 600_000;

  @TempDir Path temp;
  private final CommandShell slipway = new CommandShell();

  private String path(String name) {
    return temp.resolve(name).toString();
  }

  private void succeeds(String... words) {
    assertThat(slipway.run(words)).as(slipway.err()).isZero();
  }

  private void fails(String... words) {
    assertThat(slipway.run(words)).as(slipway.out()).isEqualTo(Main.FAILED);
  }

  @BeforeEach
  void makeImagesAndDelta() throws IOException {
    write(release(1), temp.resolve("old.img"));
    write(release(2), temp.resolve("new.img"));
    succeeds(
        "delta",
        "create",
        path("old.img"),
        path("new.img"),
        "--output",
        path("d"),
        "--profile",
        "fast",
        "--memory",
        "64m",
        "--report",
        path("made.html"));
    assertThat(slipway.out()).startsWith(path("d") + ": ");
  }

  private static Volume release(int number) {
    byte[] library = new byte[LIBRARY];
    new Random(1).nextBytes(library);
    for (int i = 0; number > 1 && i < LIBRARY; i += 150) {
      library[i]++;
    }
    byte[] program = new byte[LIBRARY / 3];
    new Random(number).nextBytes(program);
    return Ext4.of(
        Tree.of(
            t ->
                t.file("/usr/bin/program", 0755, Content.bytes(program))
                    .file("/usr/lib/library.so", 0644, Content.bytes(library))),
        Ext4Options.readOnly(IDENTITY.fileSystemId("slot"), 0));
  }

  private static void write(Volume volume, Path file) throws IOException {
    try (BlockSink sink = BlockSink.createFile(file, volume.size())) {
      volume.writeTo(sink, Progress.none());
    }
  }

  private Digest digest(String name) throws IOException {
    return Digest.of(ByteSource.file(temp.resolve(name)));
  }

  @Test
  void appliesToANewFile() throws IOException {
    succeeds("delta", "apply", path("old.img"), path("d"), "-o", path("made.img"));
    assertThat(slipway.out()).matches(".*made\\.img: .* MiB, checked; .* written\n");
    assertThat(digest("made.img")).isEqualTo(digest("new.img"));
  }

  @Test
  void overwritesInPlaceWhatIsNotRightAlready() throws IOException {
    Files.copy(temp.resolve("old.img"), temp.resolve("slot"));
    succeeds("delta", "apply", path("old.img"), path("d"), "--in-place", "-o", path("slot"));
    assertThat(slipway.out()).matches(".*slot: .*, checked; .* written, .* were right already\n");
    assertThat(digest("slot")).isEqualTo(digest("new.img"));
    assertThat(temp.resolve("d.state")).doesNotExist();
    succeeds("delta", "apply", path("old.img"), path("d"), "--in-place", "-o", path("slot"));
    assertThat(slipway.out()).contains("checked; 0 B written, ");
  }

  @Test
  @RequiresTool(value = "losetup", in = "mount")
  void overwritesABlockDevice() throws Exception {
    Files.copy(temp.resolve("old.img"), temp.resolve("backing"));
    Tool.Result made = Tool.run(Map.of(), "losetup", "-f", "--show", path("backing"));
    Assumptions.assumeTrue(made.status() == 0, "loop devices need root: " + made.output());
    String device = made.output().strip();
    try {
      succeeds("delta", "apply", path("old.img"), path("d"), "-o", device);
      assertThat(slipway.out()).startsWith(device).contains(" were right already");
    } finally {
      Tool.output("losetup", "-d", device);
    }
    assertThat(digest("backing")).isEqualTo(digest("new.img"));
  }

  @Test
  void refusesToOverwriteTheImageItStartsFrom() throws IOException {
    Digest before = digest("old.img");
    fails("delta", "apply", path("old.img"), path("d"), "--in-place", "-o", path("old.img"));
    assertThat(slipway.err()).contains("is the image that the delta starts from");
    assertThat(digest("old.img")).isEqualTo(before);
  }

  @Test
  void verifiesWithoutKeepingATarget() throws IOException {
    Path scratch = Files.createDirectory(temp.resolve("scratch"));
    succeeds("delta", "verify", path("old.img"), path("d"), "--scratch", scratch.toString());
    assertThat(slipway.out())
        .startsWith(path("d") + ": fits " + path("old.img") + ": it makes ")
        .endsWith(" are not in the same place already\n");
    fails("delta", "verify", path("new.img"), path("d"), "--scratch", scratch.toString());
    assertThat(slipway.err())
        .startsWith("slipway: " + path("d") + ": ")
        .contains("the source is not the ");
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void saysWhatADeltaNeeds() throws IOException {
    succeeds("delta", "info", path("d"));
    assertThat(slipway.out())
        .contains(
            "from     ",
            "  " + digest("old.img") + "\n",
            "  " + digest("new.img") + "\n",
            "profile  fast\n",
            " of memory, 0 B for temporary files\n");
    succeeds("delta", "info", path("d"), "--json");
    assertThat(slipway.out())
        .contains(
            "\"deltaBytes\" : " + Files.size(temp.resolve("d")) + ",",
            "\"targetSha256\" : \"" + digest("new.img") + "\",",
            "\"profile\" : \"fast\",",
            "\"scratchBytes\" : 0");
  }

  @Test
  void explainsByFilesWhenTheImageIsThere() throws IOException {
    succeeds("delta", "explain", path("d"));
    assertThat(slipway.out()).contains("bytes from 0 to 1048576: ").doesNotContain("/usr");
    succeeds(
        "delta", "explain", path("d"), "--image", path("new.img"), "--report", path("page.html"));
    assertThat(slipway.out())
        .contains(
            "/usr/bin/program: 100.0% of it is new",
            "/usr/lib/library.so: 0.7% of its bytes differ from the old ones");
    String page = Files.readString(temp.resolve("page.html"));
    assertThat(page).isEqualTo(Files.readString(temp.resolve("made.html")));
    assertThat(page).contains("<svg ", "/usr/bin/program: ");
    succeeds("delta", "explain", path("d"), "--image", path("new.img"), "--json");
    assertThat(slipway.out()).contains("{\"path\": \"/usr/lib/library.so\", \"targetBytes\": ");
    fails("delta", "explain", path("d"), "--image", path("old.img"));
    assertThat(slipway.err()).contains("/d: makes another image than the one given");
  }

  @Test
  void tablesThatTheHeapCannotHoldAreRefusedAtOnce() {
    fails("delta", "create", path("old.img"), path("new.img"), "-o", path("x"), "--memory", "900G");
    assertThat(slipway.err())
        .contains("--memory 900 GiB: Java may use ")
        .contains("SLIPWAY_JAVA_OPTIONS=-Xmx1228801m");
    assertThat(temp.resolve("x")).doesNotExist();
  }

  @Test
  void saysWhatIsWrongWithItsInput() {
    fails("delta", "info", path("new.img"));
    assertThat(slipway.err())
        .isEqualTo("slipway: " + path("new.img") + ": is not a delta: it does not start as one\n");
    fails("delta", "apply", path("old.img"), path("missing"), "-o", path("made.img"));
    assertThat(slipway.err()).isEqualTo("slipway: " + path("missing") + ": no such file\n");
    fails("delta", "apply", path("d"), path("d"), "-o", path("made.img"));
    assertThat(slipway.err()).contains("but the source has ", ": it is another image");
    fails("delta", "apply", path("new.img"), path("d"), "-o", path("made.img"));
    assertThat(slipway.err()).contains("the source is not the ");
    assertThat(temp.resolve("made.img")).doesNotExist();
    fails("delta", "apply", path("old.img"), path("d"), "-o", path("x"), "--memory", "1K");
    assertThat(slipway.err()).contains(" of memory, and 1 KiB are allowed; allow more, or");
    assertThat(
            slipway.run("delta", "create", path("old.img"), path("new.img"), "--profile", "best"))
        .isEqualTo(2);
  }

  @Test
  void everyCommandHelps() {
    for (String command : List.of("create", "apply", "verify", "info", "explain")) {
      succeeds("delta", command, "--help");
      assertThat(slipway.out()).contains("Usage: slipway delta " + command, "Example");
    }
  }
}
