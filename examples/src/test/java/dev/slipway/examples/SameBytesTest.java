// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.testing.JavaMachines;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One specification and one lock, built with everything around them changed: always the same image.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class SameBytesTest {
  private static final String USER = "slipway-test";

  private Path work;

  private Path first;
  private Digest expected;
  private boolean madeUser;

  @BeforeAll
  void buildOnce(@TempDir Path temporary) throws Exception {
    work = temporary;
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    first = project(work.resolve("first"));
    SlipwayProcess.in(first).output("build", "small.yaml", "--store", "store", "--output", "out");
    expected = imageDigest(first.resolve("out"));
  }

  @AfterAll
  void removeUser() throws Exception {
    if (madeUser) {
      Tool.output("userdel", "--remove", USER);
    }
  }

  @Test
  @RequiresTool(value = "taskset", in = "util-linux")
  void whateverTheLocaleZoneDirectoryAndCpuCount() throws Exception {
    Path other = lockedProject(work.resolve("other place"));
    SlipwayProcess.in(other)
        .withEnvironment("TZ", "Pacific/Chatham")
        .withEnvironment("LC_ALL", "tr_TR.UTF-8")
        .withEnvironment("LANG", "tr_TR.UTF-8")
        .withEnvironment("HOSTNAME", "elsewhere")
        .withJavaOptions(
            "-Duser.language=tr",
            "-Duser.country=TR",
            "-Duser.timezone=Pacific/Chatham",
            "-Dsun.jnu.encoding=UTF-8")
        .through("taskset", "-c", "0")
        .through("sh", "-c", "umask 077; exec \"$@\"", "sh")
        .output("build", "small.yaml", "--store", "store", "--output", "out");
    assertThat(imageDigest(other.resolve("out"))).isEqualTo(expected);
  }

  @Test
  void onJava25() throws Exception {
    Optional<Path> java = JavaMachines.version(25);
    Assumptions.assumeTrue(java.isPresent(), "no JDK 25 under /usr/lib/jvm");
    Path other = lockedProject(work.resolve("java25"));
    SlipwayProcess.in(other)
        .withJava(java.get())
        .output("build", "small.yaml", "--store", "store", "--output", "out");
    assertThat(imageDigest(other.resolve("out"))).isEqualTo(expected);
  }

  @Test
  @RequiresTool(value = "newuidmap", in = "uidmap")
  void asAnOrdinaryUser() throws Exception {
    Assumptions.assumeTrue(
        Files.isWritable(Path.of("/etc/passwd")), "making a test user needs root");
    if (Tool.run(java.util.Map.of(), "id", USER).status() != 0) {
      Tool.output("useradd", "--create-home", USER);
      madeUser = true;
    }
    Path other = lockedProject(work.resolve("user"));
    Tool.output("chown", "-R", USER + ":", other.toString());
    SlipwayProcess.in(other)
        .withEnvironment("HOME", "/home/" + USER)
        .withEnvironment("USER", USER)
        .through("runuser", "-u", USER, "--")
        .output("build", "small.yaml", "--store", "store", "--output", "out");
    assertThat(imageDigest(other.resolve("out"))).isEqualTo(expected);
  }

  @Test
  @RequiresTool(value = "faketime", in = "faketime")
  void aMonthLater() throws Exception {
    Path other = lockedProject(work.resolve("later"));
    SlipwayProcess.in(other)
        .withEnvironment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        // Without this, timed waits of the JVM return at once and its threads spin.
        .withEnvironment("FAKETIME_FORCE_MONOTONIC_FIX", "0")
        .through("faketime", "-f", "+31d")
        .output("build", "small.yaml", "--store", "store", "--output", "out");
    assertThat(imageDigest(other.resolve("out"))).isEqualTo(expected);
  }

  private Path lockedProject(Path directory) throws IOException {
    project(directory);
    Files.copy(first.resolve("small.lock"), directory.resolve("small.lock"));
    return directory;
  }

  private static Path project(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (InputStream spec = SameBytesTest.class.getResourceAsStream("small.yaml")) {
      Files.copy(spec, directory.resolve("small.yaml"));
    }
    return directory;
  }

  private static Digest imageDigest(Path output) throws IOException {
    return Digest.of(ByteSource.file(output.resolve("small-1.img")));
  }
}
