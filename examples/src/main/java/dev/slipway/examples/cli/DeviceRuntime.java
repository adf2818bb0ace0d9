// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A directory with what a machine needs to update itself: a Java runtime that {@code jlink} has cut
 * down to a few modules, the jars of {@link DeviceMain}, and a script that starts it.
 *
 * <pre>
 * bin/java, lib/...      the runtime
 * lib/slipway/*.jar      our code and the libraries it uses
 * bin/slipway            starts it
 * </pre>
 */
final class DeviceRuntime {
  private static final List<String> MODULES =
      List.of(
          "java.base",
          "java.logging", // jnr-ffi
          "java.net.http",
          "jdk.crypto.ec", // servers with elliptic keys
          "jdk.unsupported"); // the zstd decoder reads memory by sun.misc.Unsafe

  /** One file of each jar that is needed. What is missing shows when the commands are tested. */
  private static final List<String> ONE_OF_EACH =
      List.of(
          "dev/slipway/io/BlockSource.class",
          "dev/slipway/disk/DiskLayout.class",
          "dev/slipway/delta/DeltaApplier.class",
          "dev/slipway/update/Installer.class",
          "dev/slipway/examples/cli/DeviceMain.class",
          "picocli/CommandLine.class",
          "com/fasterxml/jackson/core/JsonGenerator.class",
          "org/bouncycastle/cms/CMSSignedData.class",
          "org/bouncycastle/jce/provider/BouncyCastleProvider.class",
          "org/bouncycastle/asn1/bsi/BSIObjectIdentifiers.class",
          "org/tukaani/xz/XZInputStream.class",
          "io/airlift/compress/zstd/ZstdDecompressor.class",
          "jnr/posix/POSIX.class",
          "jnr/ffi/LibraryLoader.class",
          "jnr/constants/Constant.class",
          "jnr/x86asm/Asm.class",
          "jnr/a64asm/Asm.class",
          "com/kenai/jffi/Library.class",
          "jni/x86_64-Linux/libjffi-1.2.so",
          "org/objectweb/asm/ClassWriter.class",
          "org/objectweb/asm/tree/ClassNode.class",
          "org/objectweb/asm/commons/Method.class",
          "org/objectweb/asm/tree/analysis/Analyzer.class",
          "org/objectweb/asm/util/TraceClassVisitor.class");

  private static final String SCRIPT =
      """
      #!/bin/sh
      home=$(dirname "$(dirname "$(readlink -f "$0")")")
      # Paths are bytes of UTF-8 whatever the locale.
      exec env LC_ALL=C.UTF-8 "$home/bin/java" -Xshare:auto -XX:+UseSerialGC -Xms32m -Xmx64m \\
        -cp "$home/lib/slipway/*" dev.slipway.examples.cli.DeviceMain "$@"
      """;

  private DeviceRuntime() {}

  /**
   * Makes the directory and returns how many bytes its files have.
   *
   * @param modules those of another JDK, if not this one's
   */
  static long write(Path directory, Optional<Path> modules) throws IOException {
    if (Files.exists(directory)) {
      throw new FileAlreadyExistsException(directory.toString());
    }
    Path part = directory.resolveSibling(directory.getFileName() + ".part");
    remove(part);
    try {
      link(part, modules);
      Path jars = Files.createDirectory(part.resolve("lib/slipway"));
      List<Path> elements = elements();
      for (int i = 0; i < elements.size(); i++) {
        DeviceJar.write(elements.get(i), i, jars);
      }
      Path script = Files.writeString(part.resolve("bin/slipway"), SCRIPT);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      if (modules.isEmpty()) {
        shareClasses(part);
      }
      Files.move(part, directory);
    } finally {
      remove(part);
    }
    return bytes(directory);
  }

  private static void link(Path target, Optional<Path> modules) throws IOException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(
                () ->
                    new IOException(
                        System.getProperty("java.home")
                            + " has no jlink; run slipway with a whole JDK"));
    var words =
        new ArrayList<>(
            List.of(
                "--add-modules",
                String.join(",", MODULES),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress=2",
                "--vm=server",
                "--output",
                target.toString()));
    modules.ifPresent(path -> words.addAll(List.of("--module-path", path.toString())));
    var said = new StringWriter();
    var out = new PrintWriter(said);
    if (jlink.run(out, out, words.toArray(String[]::new)) != 0) {
      throw new IOException("jlink: " + said.toString().strip());
    }
  }

  /** The jars, or in a checkout the directories of classes, that hold what is needed. */
  private static List<Path> elements() throws IOException {
    var elements = new ArrayList<Path>();
    for (String name : ONE_OF_EACH) {
      URL url = DeviceRuntime.class.getClassLoader().getResource(name);
      if (url == null) {
        throw new IllegalStateException("bug: nothing on the class path holds " + name);
      }
      String text = url.toString();
      String element =
          url.getProtocol().equals("jar")
              ? text.substring("jar:".length(), text.indexOf("!/"))
              : text.substring(0, text.length() - name.length());
      elements.add(Path.of(URI.create(element)));
    }
    return elements;
  }

  /**
   * Lets the runtime start with classes that are parsed already, which saves a third of a second.
   */
  private static void shareClasses(Path home) throws IOException {
    Process dump =
        new ProcessBuilder(home.resolve("bin/java").toString(), "-Xshare:dump", "-Xlog:disable")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (dump.waitFor() != 0) {
        throw new IOException(home + "/bin/java -Xshare:dump failed with " + dump.exitValue());
      }
    } catch (InterruptedException e) {
      dump.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static long bytes(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
      }
    }
    return bytes;
  }

  private static void remove(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
