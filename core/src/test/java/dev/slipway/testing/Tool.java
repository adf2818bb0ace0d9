// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the real tools that judge our bytes. */
public final class Tool {
  private static final long TIMEOUT_MINUTES = 15;

  /** What a run left: its exit status and everything it printed, both streams in order. */
  public record Result(int status, String output) {}

  private Tool() {}

  /** Where a program is, on the search path or in the directories for administrators. */
  public static Optional<Path> find(String name) {
    if (name.startsWith("/")) {
      return Optional.of(Path.of(name)).filter(Files::exists);
    }
    String path =
        System.getenv().getOrDefault("PATH", "")
            + File.pathSeparator
            + "/usr/sbin"
            + File.pathSeparator
            + "/sbin";
    for (String directory : path.split(File.pathSeparator)) {
      Path candidate = Path.of(directory, name);
      if (!directory.isEmpty() && Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** Runs a command to its end, whatever its status. */
  public static Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(command));
    words.set(
        0,
        find(command[0])
            .orElseThrow(() -> new IOException("not installed: " + command[0]))
            .toString());
    Path log = Files.createTempFile("tool", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .redirectInput(new File("/dev/null"));
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        throw new IOException(
            "still running after " + TIMEOUT_MINUTES + " minutes: " + String.join(" ", words));
      }
      return new Result(process.exitValue(), Files.readString(log, StandardCharsets.ISO_8859_1));
    } finally {
      Files.deleteIfExists(log);
    }
  }

  /** Runs a command that must succeed and gives what it printed. */
  public static String output(String... command) throws IOException, InterruptedException {
    Result result = run(Map.of(), command);
    if (result.status() != 0) {
      throw new AssertionError(
          String.join(" ", command) + ": exit status " + result.status() + "\n" + result.output());
    }
    return result.output();
  }
}
