// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A sandbox in which it is a month later: every program is started with libfaketime. */
record LaterSandbox(Sandbox behind, Path library) implements Sandbox {
  /** Where no cache of libraries takes note of it. */
  private static final TreePath PLACE = TreePath.of("/usr/share/libfaketime.so.1");

  private static final Duration LATER = Duration.ofDays(31);

  @Override
  public Tree run(
      List<SandboxStage> stages, SandboxSettings settings, ContentKeeper keeper, Progress progress)
      throws IOException {
    SandboxSettings later =
        settings.withEnvironment(
            Map.of(
                "LD_PRELOAD",
                PLACE.toString(),
                "FAKETIME",
                "+" + LATER.toDays() + "d",
                // the times of files are data, and stay as they are
                "NO_FAKE_STAT",
                "1"));
    return behind
        .run(stages.stream().map(this::later).toList(), later, keeper, progress)
        .with(tree -> tree.remove(PLACE));
  }

  private SandboxStage later(SandboxStage stage) {
    return new SandboxStage() {
      @Override
      public long contentBytes() {
        return stage.contentBytes();
      }

      @Override
      public Ready make() throws IOException {
        Ready ready = stage.make();
        var commands = new ArrayList<SandboxCommand>();
        commands.add(isLater());
        commands.addAll(ready.commands());
        var file = new RegularFile(Metadata.mode(0644), Content.file(library));
        return new Ready(ready.tree().with(tree -> tree.put(PLACE, file)), commands);
      }
    };
  }

  /** A command that fails unless the clock is as late as it should be. */
  private static SandboxCommand isLater() {
    long almost = Instant.now().plus(LATER).minus(Duration.ofHours(1)).getEpochSecond();
    return SandboxCommand.of("look at the clock", "test \"$(date +%s)\" -gt " + almost);
  }

  @Override
  public void check() throws IOException {
    behind.check();
  }
}
