// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * An apt of its own below a directory, on whose system nothing is installed: the referee of the
 * resolver.
 */
final class PrivateApt {
  private final Path root;
  private final String architecture;

  private PrivateApt(Path root, String architecture) throws IOException {
    this.root = root;
    this.architecture = architecture;
    for (String directory :
        List.of(
            "etc/apt/apt.conf.d",
            "etc/apt/preferences.d",
            "etc/apt/trusted.gpg.d",
            "etc/apt/sources.list.d",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/lib/dpkg")) {
      Files.createDirectories(root.resolve(directory));
    }
    Files.writeString(root.resolve("var/lib/dpkg/status"), "");
    Files.writeString(
        root.resolve("apt.conf"),
        """
        Dir "%s";
        Dir::State::status "%s/var/lib/dpkg/status";
        APT::Architecture "%s";
        APT::Architectures { "%s"; };
        APT::Sandbox::User "";
        APT::Get::AllowUnauthenticated "false";
        Acquire::Languages "none";
        Acquire::GzipIndexes "false";
        Debug::NoLocking "true";
        """
            .formatted(root, root, architecture, architecture));
  }

  /** With the sources of this machine, and another suite in place of its own when one is named. */
  static PrivateApt ofHost(Path root, String architecture, String suite)
      throws IOException, InterruptedException {
    var apt = new PrivateApt(root, architecture);
    Path host = Path.of("/etc/apt");
    String own = codename();
    for (Path file : files(host.resolve("sources.list.d"), ".list", ".sources")) {
      copy(
          file,
          root.resolve("etc/apt/sources.list.d").resolve(file.getFileName().toString()),
          own,
          suite);
    }
    if (Files.exists(host.resolve("sources.list"))) {
      copy(host.resolve("sources.list"), root.resolve("etc/apt/sources.list"), own, suite);
    }
    for (Path file : files(host.resolve("trusted.gpg.d"), ".gpg", ".asc")) {
      Files.copy(
          file, root.resolve("etc/apt/trusted.gpg.d").resolve(file.getFileName().toString()));
    }
    String proxies =
        Tool.output("apt-config", "dump")
            .lines()
            .filter(line -> line.matches("Acquire::https?::[Pp]roxy.*"))
            .reduce("", (a, b) -> a + b + "\n");
    Files.writeString(root.resolve("apt.conf"), proxies, java.nio.file.StandardOpenOption.APPEND);
    return apt;
  }

  private static String codename() throws IOException {
    return Files.readAllLines(Path.of("/etc/os-release")).stream()
        .filter(line -> line.startsWith("VERSION_CODENAME="))
        .map(line -> line.substring(17))
        .findFirst()
        .orElse("");
  }

  private static void copy(Path from, Path to, String own, String suite) throws IOException {
    String text = Files.readString(from);
    Files.writeString(to, own.isEmpty() ? text : text.replaceAll("\\b" + own + "\\b", suite));
  }

  private static List<Path> files(Path directory, String... endings) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    }
  }

  /** With flat archives on this machine that need no signature, in this order. */
  static PrivateApt ofDirectories(Path root, List<Path> archives) throws IOException {
    var apt = new PrivateApt(root, "amd64");
    var sources = new StringBuilder();
    archives.forEach(
        archive -> sources.append("deb [trusted=yes] file:").append(archive).append(" ./\n"));
    Files.writeString(root.resolve("etc/apt/sources.list"), sources);
    return apt;
  }

  /**
   * Reads the archives; what apt said when it could not. A mirror that is just being renewed shows
   * indexes that do not fit together, so that is tried once more.
   */
  String update() throws IOException, InterruptedException {
    String failure = updateOnce();
    return failure.contains("Hash Sum mismatch") || failure.contains("unexpected size")
        ? updateOnce()
        : failure;
  }

  private String updateOnce() throws IOException, InterruptedException {
    Tool.Result result = apt("update", "-q");
    return result.status() == 0
            && !result.output().contains("\nE: ")
            && !result.output().contains("Failed to fetch")
        ? ""
        : result.output();
  }

  private Tool.Result apt(String... arguments) throws IOException, InterruptedException {
    var words = new ArrayList<String>();
    words.add("apt-get");
    words.addAll(List.of(arguments));
    return Tool.run(
        Map.of("APT_CONFIG", root.resolve("apt.conf").toString()), words.toArray(String[]::new));
  }

  /** The indexes that apt has read, in its order. */
  List<PackageIndex> indexes() throws IOException, InterruptedException {
    Tool.Result result =
        apt(
            "indextargets",
            "--format",
            "$(FILENAME)|$(SUITE)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)|$(LABEL)",
            "Created-By: Packages");
    if (result.status() != 0) {
      throw new IOException(result.output());
    }
    var indexes = new ArrayList<PackageIndex>();
    for (String line : result.output().lines().toList()) {
      String[] words = line.split("\\|", -1);
      if (words.length == 6 && Files.exists(Path.of(words[0]))) {
        var origin =
            new IndexOrigin(
                indexes.size(),
                words[1],
                words[2],
                words[3],
                words[4],
                words[5],
                IndexOrigin.DEFAULT_PRIORITY);
        try (InputStream in = Files.newInputStream(Path.of(words[0]))) {
          indexes.add(
              PackageIndex.read(
                  in,
                  Path.of(words[0]).getFileName().toString(),
                  origin,
                  Architecture.of(architecture)));
        }
      }
    }
    return indexes;
  }

  /**
   * What apt would install: {@code name=version}, sorted; empty when it refuses. Taken from what it
   * announces, for it may still fail to find an order for cycles of Pre-Depends, which is not what
   * this is about.
   */
  TreeSet<String> simulate(PackageRequest request) throws IOException, InterruptedException {
    var words =
        new ArrayList<>(
            List.of(
                "install",
                "-s",
                "-q",
                "-V",
                "-o",
                "APT::Install-Recommends=" + request.recommends()));
    if (request.base()) {
      words.addAll(List.of("?essential", "?priority(required)"));
    }
    words.addAll(request.packages());
    var chosen = new TreeSet<String>();
    boolean announced = false;
    for (String line : apt(words.toArray(String[]::new)).output().lines().toList()) {
      if (!line.startsWith(" ")) {
        announced = line.equals("The following NEW packages will be installed:");
      } else if (announced) {
        String[] parts = line.strip().split(" ");
        chosen.add(
            parts[0].replace(":" + architecture, "") + "=" + parts[1].replaceAll("[()]", ""));
      }
    }
    return chosen;
  }
}
