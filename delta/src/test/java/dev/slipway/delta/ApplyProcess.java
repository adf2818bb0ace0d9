// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies a delta in a process of its own, which can be killed: {@code delta} to {@code before},
 * both in a directory.
 */
final class ApplyProcess {
  private ApplyProcess() {}

  /** Directory, target, scratch directory; and the state file when the target is overwritten. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Path target = Path.of(arguments[1]);
    try (BlockSource source = BlockSource.file(directory.resolve("before"));
        InputStream delta = Files.newInputStream(directory.resolve("delta"));
        Destination destination =
            arguments.length > 3
                ? Destination.inPlace(target, Path.of(arguments[3]))
                : Destination.file(target)) {
      DeltaApplier.of(source, Path.of(arguments[2]))
          .apply(delta, "delta", destination, Progress.none());
    }
  }

  /** The command that applies to {@code made} in the directory. */
  static Process start(Path directory) throws IOException {
    return new ProcessBuilder(command(directory, directory.resolve("made"), directory))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  static List<String> command(Path directory, Path... others) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ApplyProcess.class.getName(),
                directory.toString()));
    for (Path other : others) {
      command.add(other.toString());
    }
    return command;
  }
}
