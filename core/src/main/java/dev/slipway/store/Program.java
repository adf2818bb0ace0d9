// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The running program, as far as results depend on it: a changed one must not take for its own what
 * the former one has made. Only jars are looked at; classes in directories, as a developer's tests
 * have them, count as never changed.
 */
public final class Program {
  private static final int DIGITS = 16;

  private Program() {}

  /** A digest of the program's jars, in hexadecimal: an input of steps that run its code. */
  public static String id() {
    return Id.TEXT;
  }

  /** Names, sizes and times of the jars: asked at every start, so nothing is read. */
  public static String marks() throws IOException {
    var text = new StringBuilder();
    for (Path jar : jars()) {
      text.append(jar.getFileName())
          .append(' ')
          .append(Files.size(jar))
          .append(' ')
          .append(Files.getLastModifiedTime(jar).toMillis())
          .append(' ');
    }
    return text.toString();
  }

  static List<Path> jars() {
    return Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .filter(path -> path.getFileName().toString().startsWith("slipway"))
        .filter(Files::isRegularFile)
        .toList();
  }

  static String digest(List<Path> jars) {
    var digests = new StringBuilder();
    try {
      for (Path jar : jars) {
        digests.append(Digest.of(Files.readAllBytes(jar)).hex()).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the program itself: " + e.getMessage(), e);
    }
    byte[] all = digests.toString().getBytes(StandardCharsets.UTF_8);
    return Digest.of(all).hex().substring(0, DIGITS);
  }

  private static final class Id {
    static final String TEXT = digest(jars());
  }
}
