// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.build.BuildResult;
import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user runs them, on the smallest machine that boots. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {
  private static final int INTERRUPTED = 130;
  private static final long PATIENCE_SECONDS = 240;

  private Path work;
  private SlipwayProcess slipway;

  @BeforeAll
  void build(@TempDir Path temporary) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for the sandbox");
    work = temporary;
    try (InputStream spec = getClass().getResourceAsStream("small.yaml")) {
      Files.copy(spec, work.resolve("small.yaml"));
    }
    slipway = SlipwayProcess.in(work);
    assertThat(slipway.output("plan", "small.yaml", "--store", "store"))
        .contains("The partition map is known");
    slipway.output("build", "small.yaml", "--store", "store", "--output", "out");
  }

  private Path image() {
    return work.resolve("out/small-1.img");
  }

  /** A version that is not built yet, made of packages that are unpacked already. */
  private Path another(String version) throws IOException {
    Path spec = work.resolve("other-" + version + ".yaml");
    Files.writeString(
        spec, "extends: small.yaml\nversion: \"" + version + "\"\nrun: [touch /" + version + "]\n");
    Files.copy(work.resolve("small.lock"), work.resolve("other-" + version + ".lock"));
    return spec;
  }

  @Test
  void planDrawsTheDiskThatWasBuilt() throws Exception {
    String plan =
        slipway.output("plan", "small.yaml", "--store", "store", "-o", "out", "--svg", "disk.svg");
    assertThat(plan).contains("root-a", "root-b", "data");
    assertThat(Files.readString(work.resolve("disk.svg"))).startsWith("<svg").contains("root-b");
  }

  @Test
  @RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
  void bootStartsTheImageAndLeavesItAlone() throws Exception {
    Digest before = Digest.of(ByteSource.file(image()));
    Path log = work.resolve("boot.log");
    Process boot = slipway.start(log, "boot", "out/small-1.img", "--serial", "SN-1");
    try {
      waitFor(boot, log, "slot A of vda, data ok");
    } finally {
      boot.descendants().forEach(ProcessHandle::destroyForcibly);
      boot.destroyForcibly().waitFor();
    }
    assertThat(Digest.of(ByteSource.file(image()))).isEqualTo(before);
  }

  @Test
  @RequiresTool(value = "python3", in = "python3-minimal")
  void inspectNamesSlotsPackagesAndTheRelease() throws Exception {
    String text = slipway.output("inspect", "out/small-1.img");
    assertThat(text)
        .contains("Slipway's layout AB", "root-a", "root-b", "data")
        .contains("slot A: may be booted", "slot B: not to be booted")
        .contains("  image small 1\n")
        .containsPattern("    systemd-sysv +25\\d\\S+ +amd64\n");
    String json = slipway.output("inspect", "--json", "out/small-1.img");
    Path file = Files.writeString(work.resolve("inspection.json"), json);
    assertThat(
            Tool.output(
                    "python3",
                    "-c",
                    "import json,sys; d=json.load(open(sys.argv[1])); p=d['partitions'];"
                        + " print(d['layout'], [each['name'] for each in p],"
                        + " p[2]['system']['osRelease']['IMAGE_VERSION'],"
                        + " any(e['name']=='systemd-sysv' for e in p[2]['system']['packages']))",
                    file.toString())
                .strip())
        .isEqualTo("AB ['bios', 'esp', 'root-a', 'root-b', 'data'] 1 True");
  }

  @Test
  void theSampleOfTheReadmeBuildsWhatTheCommandBuilds() throws Exception {
    BuildResult built =
        EmbeddedImage.robot(
            work.resolve("small.yaml"), work.resolve("sample"), work.resolve("store"));
    assertThat(Digest.of(ByteSource.file(built.image())))
        .isEqualTo(Digest.of(ByteSource.file(image())));
    assertThat(built.steps()).isNotEmpty();
  }

  @Test
  void twoBuildsAtOnceGiveOneImage() throws Exception {
    Path spec = another("3");
    String[] words = {"build", spec.toString(), "--store", "store", "--output", "both"};
    Path firstLog = work.resolve("first.log");
    Path secondLog = work.resolve("second.log");
    Process first = slipway.start(firstLog, words);
    Process second = slipway.start(secondLog, words);
    for (Process each : List.of(first, second)) {
      assertThat(each.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(List.of(first.exitValue(), second.exitValue()))
        .as(read(firstLog) + read(secondLog))
        .containsExactly(0, 0);
    assertThat(lastLine(firstLog)).contains(", digest ").isEqualTo(lastLine(secondLog));
    assertThat(names(work.resolve("both")))
        .containsExactly("other-3.lock", "small-3.img", "small-3.json");
    Digest together = Digest.of(ByteSource.file(work.resolve("both/small-3.img")));
    slipway.output("build", spec.toString(), "--store", "store", "--output", "alone");
    assertThat(Digest.of(ByteSource.file(work.resolve("alone/small-3.img")))).isEqualTo(together);
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = read(log).lines().toList();
    return lines.get(lines.size() - 1);
  }

  @Test
  void rootfsMakesADirectoryAndTheSameTree() throws Exception {
    String said = slipway.output("rootfs", "small.yaml", "--store", "store", "-o", "root");
    Path root = work.resolve("root");
    assertThat(Tool.output("stat", "-c", "%U %a", root.resolve("etc/shadow").toString()).strip())
        .isEqualTo("root 640");
    try (Stream<Path> all = Files.walk(root)) {
      assertThat(said).contains(root.getFileName() + ": " + all.count() + " entries");
    }
    slipway.output("rootfs", "small.yaml", "--store", "store", "-o", "root.tar");
    assertThat(
            Tool.output(
                "tar",
                "-C",
                root.toString(),
                "--compare",
                "-f",
                work.resolve("root.tar").toString()))
        .isEmpty();
    assertThat(slipway.run("rootfs", "small.yaml", "--store", "store", "-o", "root").output())
        .contains("slipway: ")
        .contains("root");
    // Its links lead to the host's programs, about which JUnit would warn one by one.
    Tool.output("rm", "-rf", root.toString());
  }

  @Test
  void storeIsListedCheckedAndPruned() throws Exception {
    Tool.output("cp", "-a", work.resolve("store").toString(), work.resolve("copy").toString());
    assertThat(slipway.output("store", "list", "--store", "copy"))
        .contains("systemd_")
        .contains(" entries, ");
    Path victim;
    try (Stream<Path> blobs = Files.walk(work.resolve("copy/blobs"))) {
      victim =
          blobs
              .filter(path -> Files.isRegularFile(path) && !path.toString().endsWith(".info"))
              .sorted()
              .findFirst()
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(victim);
    bytes[bytes.length / 2] ^= 1;
    Files.write(victim, bytes);
    assertThat(slipway.output("store", "verify", "--store", "copy"))
        .contains("removed ")
        .contains(", 1 of them damaged");
    slipway.output("store", "prune", "--store", "copy", "--size", "1 MiB");
    assertThat(slipway.output("store", "list", "--store", "copy").lines().count()).isLessThan(400);
  }

  @Test
  void interruptedBuildsEndWithAWordAndLeaveNothing() throws Exception {
    Path spec = another("2");
    interrupt(spec, "running in the sandbox");
    interrupt(spec, "writing");
    slipway.output("build", spec.toString(), "--store", "store", "--output", "stopped");
    assertThat(names(work.resolve("stopped"))).contains("small-2.img");
  }

  private void interrupt(Path spec, String moment) throws Exception {
    Path log = work.resolve("log");
    Path output = work.resolve("stopped");
    Process process =
        slipway
            .through("env", "--default-signal=INT") // a job in a shell's background ignores it
            .start(log, "build", spec.toString(), "--store", "store", "--output", "stopped");
    waitFor(process, log, moment);
    Tool.output("kill", "-INT", Long.toString(process.pid()));
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    String said = read(log);
    assertThat(process.exitValue()).as(said).isEqualTo(INTERRUPTED);
    assertThat(said).contains("slipway: stopped").doesNotContain("Exception");
    assertThat(names(output)).as(moment).isEmpty();
  }

  @Test
  void aFullDiskIsSaidAndTheGoodImageStays() throws Exception {
    Path small = Files.createDirectories(work.resolve("full"));
    Tool.output("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", small.toString());
    try {
      Files.writeString(small.resolve("small-1.img"), "good");
      var result = slipway.run("build", "small.yaml", "--store", "store", "--output", "full");
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.output())
          .contains("slipway: full/small-1.img.part: write at byte ")
          .contains("No space left on device");
      assertThat(Files.readString(small.resolve("small-1.img"))).isEqualTo("good");
      assertThat(names(small)).containsExactly("small-1.img");

      Files.delete(small.resolve("small-1.img"));
      result = slipway.run("build", "small.yaml", "--store", "full/store", "--output", "elsewhere");
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.output()).contains("No space left on device").contains("full/store");
    } finally {
      Tool.output("umount", small.toString());
    }
  }

  private static void waitFor(Process process, Path log, String words) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(log) || !read(log).contains(words)) {
      assertThat(process.isAlive() && System.nanoTime() < end)
          .as("waiting for \"%s\": %s", words, Files.exists(log) ? read(log) : "")
          .isTrue();
      Thread.sleep(20);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** A machine's console holds bytes that are no text. */
  private static String read(Path log) throws IOException {
    return new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1);
  }
}
