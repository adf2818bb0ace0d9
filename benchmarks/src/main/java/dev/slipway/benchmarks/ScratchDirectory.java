// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory for the files of one benchmark. */
record ScratchDirectory(Path path) {
  static ScratchDirectory create() throws IOException {
    return new ScratchDirectory(Files.createTempDirectory("delta-benchmark"));
  }

  void delete() throws IOException {
    try (var files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(path);
  }
}
