// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.progress.Progress;
import dev.slipway.rootfs.Sandbox;
import dev.slipway.spec.ImageSpec;
import dev.slipway.testing.TestDeb;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A release was built; then something about the next one is wrong. */
class FailedBuildTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  /** What is wrong, and what is said about it, line breaks and numbers aside. */
  private enum Cause {
    SLOT_TOO_SMALL(
        "slot: the tree needs \\S+ MiB, the slot holds 16 MiB\\. Make sizes\\.slot larger .+"),
    FAILING_SCRIPT(
        "package robot-motor: prepare the essential packages: failed with status 1; .+no motor"
            + " found.+status 9"),
    TAMPERED_PACKAGE(
        "application 2: http://127\\.0\\.0\\.1:.+: SHA-256: found [0-9a-f]{64}, expected .+"),
    UNKNOWN_PACKAGE(".*\"?aplication\"?.*application.*"),
    CONFLICTING_PACKAGES(".*application.*rival.*");

    private final String message;

    Cause(String message) {
      this.message = message;
    }
  }

  @TempDir Path directory;
  private TinyArchive archive;

  @BeforeEach
  void startArchive() throws IOException {
    archive = TinyArchive.start(directory.resolve("archive"));
  }

  @AfterEach
  void stopArchive() {
    if (archive != null) {
      archive.close();
    }
  }

  private Path spec(String packages, String slot) throws IOException {
    return Files.writeString(
        directory.resolve("tiny.yaml"),
        "name: tiny\nversion: 1.0\nsuite: bookworm\narchitecture: amd64\n"
            + ("packages: [linux-image-tiny, " + packages + "]\n")
            + archive.sources()
            + ("files: [{path: /big, source: big}]\n")
            + ("sizes: {slot: " + slot + ", data: 16 MiB, esp: 36 MiB}\n"));
  }

  private BuildResult build(Path spec, Sandbox sandbox) throws IOException {
    BuildOptions options =
        BuildOptions.of(directory.resolve("out"), directory.resolve("store")).withUpdate(true);
    return ImageBuild.of(ImageSpec.read(spec), options).withSandbox(sandbox).run(Progress.none());
  }

  private void release(TestDeb... more) throws IOException {
    for (TestDeb deb : more) {
      archive.mirror.suite("bookworm").add(deb);
    }
    archive.release("2");
  }

  /** A motor with a shell to run its script in, as the essential packages of a real system have. */
  private static TestDeb motor() throws IOException {
    return TestDeb.of("robot-motor", "1")
        .field("Essential", "yes")
        .field("Priority", "required")
        .file("/bin/sh", 0755, Files.readAllBytes(BUSYBOX))
        .symlink("/bin/chmod", "sh")
        .script("preinst", "#!/bin/sh\necho no motor found\nexit 9\n");
  }

  @ParameterizedTest
  @EnumSource
  void aFailedBuildLeavesTheGoodImageAlone(Cause cause) throws Exception {
    Files.writeString(directory.resolve("big"), "small");
    build(spec("application", "32 MiB"), ImageBuildTest.NOTHING_RUNS);
    Map<String, Digest> before = files();
    assertThat(before)
        .containsOnlyKeys("tiny.lock", "out/tiny.lock", "out/tiny-1.0.img", "out/tiny-1.0.json");

    release();
    Path spec = spec("application", "32 MiB");
    Sandbox sandbox = ImageBuildTest.NOTHING_RUNS;
    switch (cause) {
      case SLOT_TOO_SMALL -> {
        Files.write(directory.resolve("big"), new byte[20 << 20]);
        spec = spec("application", "16 MiB");
      }
      case FAILING_SCRIPT -> {
        release(motor());
        sandbox = Sandbox.best();
        assumeTrue(catchThrowable(sandbox::check) == null, "needs a sandbox");
      }
      case TAMPERED_PACKAGE -> {
        String path = archive.mirror.path(TinyArchive.application("2"));
        byte[] deb = archive.mirror.server().get(path);
        deb[deb.length / 2] ^= 1;
        archive.mirror.server().put(path, deb);
      }
      case UNKNOWN_PACKAGE -> spec = spec("aplication", "32 MiB");
      case CONFLICTING_PACKAGES -> {
        release(TestDeb.of("rival", "1").field("Conflicts", "application"));
        spec = spec("application, rival", "32 MiB");
      }
    }
    Path wrong = spec;
    Sandbox door = sandbox;
    Throwable thrown = catchThrowable(() -> build(wrong, door));
    assertThat(thrown).isInstanceOf(IOException.class);
    assertThat(thrown.getMessage().replace('\n', ' ')).matches(cause.message);
    assertThat(files()).isEqualTo(before);
  }

  /** What a user is given; {@code big} and the store are not of it. */
  private Map<String, Digest> files() throws IOException {
    var found = new TreeMap<String, Digest>();
    try (Stream<Path> all =
        Stream.concat(
            Stream.of(directory.resolve("tiny.lock")), Files.list(directory.resolve("out")))) {
      for (Path file : all.toList()) {
        found.put(directory.relativize(file).toString(), Digest.of(ByteSource.file(file)));
      }
    }
    return found;
  }

  @Test
  void theLockFileNamesNoMachine() throws Exception {
    Files.writeString(directory.resolve("big"), "small");
    BuildResult built = build(spec("application", "32 MiB"), ImageBuildTest.NOTHING_RUNS);
    URI mirror = archive.mirror.base();
    assertThat(Files.readString(built.lock()))
        .contains("pool/main/a/application/")
        .doesNotContain("://", mirror.getHost(), ":" + mirror.getPort());
  }
}
