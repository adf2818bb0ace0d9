// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The Java machines that this computer has, where Debian's packages put them. */
public final class JavaMachines {
  private static final Path PLACE = Path.of("/usr/lib/jvm");

  private JavaMachines() {}

  /** The {@code java} that runs this. */
  public static Path running() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The {@code java} of a version. */
  public static Optional<Path> version(int version) throws IOException {
    if (!Files.isDirectory(PLACE)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(PLACE)) {
      return all.filter(path -> path.getFileName().toString().matches(".*\\b" + version + "\\b.*"))
          .map(path -> path.resolve("bin/java"))
          .filter(Files::isExecutable)
          .sorted()
          .findFirst();
    }
  }
}
