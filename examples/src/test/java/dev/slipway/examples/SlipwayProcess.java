// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The {@code slipway} command as a real process of its own: with another JDK, user, environment or
 * working directory.
 *
 * <p>A value: every {@code with} gives a changed copy.
 */
record SlipwayProcess(
    Path java,
    List<String> wrapper,
    List<String> javaOptions,
    Map<String, String> environment,
    Path directory) {
  private static final long TIMEOUT_MINUTES = 20;

  /** What a run left behind: its exit status and everything it printed. */
  record Result(int status, String output) {}

  /** The JDK that runs the tests, the environment of the tests. */
  static SlipwayProcess in(Path directory) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new SlipwayProcess(java, List.of(), List.of("-Xmx288m"), Map.of(), directory);
  }

  SlipwayProcess withJava(Path otherJava) {
    return new SlipwayProcess(otherJava, wrapper, javaOptions, environment, directory);
  }

  /** Runs the command through another program: {@code taskset -c 0}, {@code runuser -u NAME --}. */
  SlipwayProcess through(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(wrapper);
    return new SlipwayProcess(java, all, javaOptions, environment, directory);
  }

  SlipwayProcess withJavaOptions(String... more) {
    var all = new ArrayList<>(javaOptions);
    all.addAll(List.of(more));
    return new SlipwayProcess(java, wrapper, all, environment, directory);
  }

  SlipwayProcess withEnvironment(String name, String value) {
    var changed = new TreeMap<>(environment);
    changed.put(name, value);
    return new SlipwayProcess(java, wrapper, javaOptions, changed, directory);
  }

  /** Starts the command; its output goes to {@code log}. */
  Process start(Path log, String... arguments) throws IOException {
    var command = new ArrayList<>(wrapper);
    command.add(java.toString());
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", ClassPath.READABLE_BY_ALL, "dev.slipway.examples.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(new File("/dev/null"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs the command to its end, whatever its status. */
  Result run(String... arguments) throws IOException, InterruptedException {
    Path log = Files.createTempFile("slipway", ".log");
    try {
      Process process = start(log, arguments);
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        throw new IOException("still running after " + TIMEOUT_MINUTES + " minutes");
      }
      return new Result(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(log);
    }
  }

  /** Runs the command, which must succeed, and gives what it printed. */
  String output(String... arguments) throws IOException, InterruptedException {
    Result result = run(arguments);
    if (result.status() != 0) {
      throw new AssertionError(
          "slipway "
              + String.join(" ", arguments)
              + ": exit status "
              + result.status()
              + "\n"
              + result.output());
    }
    return result.output();
  }

  /** A copy of the test's class path where an ordinary user can read it, too. */
  private static final class ClassPath {
    static final String READABLE_BY_ALL = copy();

    private static String copy() {
      try {
        Path home = Files.createTempDirectory("slipway-classes");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(home)));
        var copied = new ArrayList<String>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
          Path from = Path.of(element);
          boolean tests = element.contains("test-classes") || element.endsWith("-tests.jar");
          if (Files.exists(from) && !tests) {
            Path to = home.resolve(copied.size() + "-" + from.getFileName());
            copyTree(from, to);
            copied.add(to.toString());
          }
        }
        return String.join(File.pathSeparator, copied);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void copyTree(Path from, Path to) throws IOException {
      try (Stream<Path> all = Files.walk(from)) {
        for (Path source : (Iterable<Path>) all::iterator) {
          Path target = to.resolve(from.relativize(source).toString());
          Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
          boolean directory = Files.isDirectory(target);
          Files.setPosixFilePermissions(
              target, PosixFilePermissions.fromString(directory ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }

    private static void deleteTree(Path root) {
      try (Stream<Path> all = Files.walk(root)) {
        all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      } catch (IOException e) {
        System.err.println("could not remove " + root + ": " + e.getMessage());
      }
    }
  }
}
