// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.testing.RequiresTool;
import dev.slipway.tree.ContentKeeper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A builder that dies takes everything with it that it has started, and its mounts. */
@RequiresTool(value = "busybox", in = "busybox-static")
class SandboxKillTest {
  private static final long SECONDS = 120;

  /** The builder that is killed. */
  static final class Builder {
    private Builder() {}

    public static void main(String[] words) throws Exception {
      SandboxDoor door = words[0].equals("chroot") ? TestDoors.chroot() : TestDoors.namespaces();
      Progress speaking =
          (name, total) ->
              new Task() {
                @Override
                public void advance(long bytes) {}

                @Override
                public void note(String message) {
                  System.out.println(message);
                }
              };
      // The second sleep has left its parent, as daemons do.
      String script =
          "(sleep "
              + words[1]
              + " &)\n(sleep "
              + words[1]
              + " >/dev/null 2>&1 &)\nsleep "
              + words[1];
      new ChildSandbox(door)
          .run(
              TestRoot.busybox(),
              List.of(SandboxCommand.of("waiting", script)),
              SandboxSettings.at(0),
              ContentKeeper.inMemory(),
              speaking);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void nothingSurvivesAKilledBuilder(String door) throws Exception {
    if (door.equals("chroot")) {
      TestDoors.chroot();
    } else {
      TestDoors.namespaces();
    }
    String mark = TestProcesses.mark();
    Process builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Builder.class.getName(),
                door,
                mark)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(builder.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("waiting");
      assertThat(wait(() -> TestProcesses.count("sleep", mark) == 3))
          .as("the commands run")
          .isTrue();
    } finally {
      builder.destroyForcibly();
    }
    assertThat(builder.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(wait(() -> TestProcesses.count("sleep", mark) == 0))
        .as("the commands have ended")
        .isTrue();
    assertThat(Files.readAllLines(Path.of("/proc/self/mounts")))
        .noneMatch(line -> line.startsWith("slipway "));
  }

  private interface Question {
    boolean ask() throws IOException;
  }

  private static boolean wait(Question question) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!question.ask()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }
}
