// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A jar as machines get it: the same classes, without what costs room and time there. Signatures of
 * jars are checked at every start, which takes longer than many an update; what protects these jars
 * on a machine is the signed image they are part of.
 */
final class DeviceJar {
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "META-INF/(MANIFEST\\.MF|maven/.*|[^/]*\\.(SF|RSA|DSA|EC))"
              + "|jni/(?!(x86_64|aarch64)-Linux/).*"
              + "|(.*/)?module-info\\.class");

  /** The earliest time that jars know, so that the same classes give the same jar. */
  private static final LocalDateTime EARLIEST = LocalDateTime.of(1980, 1, 1, 0, 0);

  private DeviceJar() {}

  /** Something in a jar that can be opened. */
  private interface Entry {
    InputStream open() throws IOException;
  }

  /**
   * Writes a jar for a jar, or in a checkout for a directory of classes.
   *
   * @param number makes the names of such jars differ
   */
  static void write(Path element, int number, Path directory) throws IOException {
    if (!Files.isDirectory(element)) {
      try (var jar = new JarFile(element.toFile(), false)) {
        var entries = new TreeMap<String, Entry>();
        jar.stream()
            .filter(entry -> !entry.isDirectory())
            .forEach(entry -> entries.put(entry.getName(), () -> jar.getInputStream(entry)));
        var manifest = jar.getManifest() == null ? new Manifest() : jar.getManifest();
        manifest.getEntries().clear(); // digests of what was signed
        write(entries, manifest, directory.resolve(element.getFileName()));
      }
      return;
    }
    var entries = new TreeMap<String, Entry>();
    try (Stream<Path> files = Files.walk(element)) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file ->
                  entries.put(
                      element.relativize(file).toString(), () -> Files.newInputStream(file)));
    }
    write(entries, new Manifest(), directory.resolve("classes-" + number + ".jar"));
  }

  private static void write(TreeMap<String, Entry> entries, Manifest manifest, Path file)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        var jar = new JarOutputStream(out)) {
      jar.putNextEntry(entry(JarFile.MANIFEST_NAME));
      manifest.write(jar);
      for (var content : entries.entrySet()) {
        if (!LEFT_OUT.matcher(content.getKey()).matches()) {
          jar.putNextEntry(entry(content.getKey()));
          try (InputStream in = content.getValue().open()) {
            in.transferTo(jar);
          }
        }
      }
    }
  }

  private static JarEntry entry(String name) {
    var entry = new JarEntry(name);
    entry.setTimeLocal(EARLIEST);
    return entry;
  }
}
