// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Applies a delta in a process of its own, which can be killed. */
final class ApplyProcess {
  private ApplyProcess() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    try (BlockSource source = BlockSource.file(directory.resolve("before"));
        InputStream delta = Files.newInputStream(directory.resolve("delta"));
        Destination destination = Destination.file(directory.resolve("made"))) {
      DeltaApplier.of(source, directory).apply(delta, "delta", destination, Progress.none());
    }
  }

  static Process start(Path directory) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ApplyProcess.class.getName(),
            directory.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }
}
