// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Looks at the processes of this machine. */
final class TestProcesses {
  private static final AtomicInteger MARKS = new AtomicInteger();

  private TestProcesses() {}

  /** Seconds for a sleep that no other test, run or machine's user sleeps. */
  static String mark() {
    return Long.toString(1_000_000 + ProcessHandle.current().pid() * 100 + MARKS.getAndIncrement());
  }

  /** How many processes have exactly these words among those of their command lines. */
  static int count(String... words) throws IOException {
    int found = 0;
    String wanted = "\0" + String.join("\0", words) + "\0";
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          String line =
              "\0"
                  + new String(
                      Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
          if (line.contains(wanted) || line.contains("/" + wanted.substring(1))) {
            found++;
          }
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return found;
  }
}
