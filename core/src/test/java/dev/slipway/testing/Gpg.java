// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** GnuPG with a home of its own: makes keys and signatures, and judges ours. */
public final class Gpg implements AutoCloseable {
  private final Path home;

  /** Makes an empty home. Its path is short, because it holds sockets. */
  public Gpg() throws IOException {
    home = Files.createTempDirectory(Path.of("/tmp"), "gpg");
  }

  /** Its directory. */
  public Path home() {
    return home;
  }

  /** Makes a signing key without a passphrase and gives its fingerprint. */
  public String makeKey(String name, String algorithm, String expires, String... options)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(options));
    words.addAll(List.of("--quick-generate-key", name, algorithm, "sign,cert", expires));
    run(words.toArray(new String[0]));
    return fingerprint(name);
  }

  /** The primary fingerprint of a key. */
  public String fingerprint(String name) throws IOException, InterruptedException {
    String listing = run("--with-colons", "--list-keys", name);
    return listing
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":")[9];
  }

  /** The public key, binary. */
  public byte[] export(String name) throws IOException, InterruptedException {
    return made("--export", name);
  }

  /** The public key, armoured. */
  public byte[] exportArmored(String name) throws IOException, InterruptedException {
    return made("--armor", "--export", name);
  }

  /** Signs data: {@code options} say how, such as {@code --clear-sign}. */
  public byte[] sign(byte[] data, String... options) throws IOException, InterruptedException {
    Path input = home.resolve("input");
    Files.write(input, data);
    var words = new ArrayList<>(List.of(options));
    words.add(input.toString());
    return made(words.toArray(new String[0]));
  }

  private byte[] made(String... words) throws IOException, InterruptedException {
    Path output = home.resolve("output");
    Files.deleteIfExists(output);
    var all = new ArrayList<>(List.of("--output", output.toString()));
    all.addAll(List.of(words));
    run(all.toArray(new String[0]));
    return Files.readAllBytes(output);
  }

  /** Runs gpg in batch mode; it must succeed. */
  public String run(String... words) throws IOException, InterruptedException {
    Tool.Result result = tryRun(words);
    if (result.status() != 0) {
      throw new AssertionError("gpg " + String.join(" ", words) + ": " + result.output());
    }
    return result.output();
  }

  /** Runs gpg in batch mode. */
  public Tool.Result tryRun(String... words) throws IOException, InterruptedException {
    var all =
        new ArrayList<>(
            List.of(
                "gpg",
                "--batch",
                "--yes",
                "--no-tty",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                ""));
    all.addAll(List.of(words));
    return Tool.run(Map.of("GNUPGHOME", home.toString()), all.toArray(new String[0]));
  }

  /** Asks gpgv, which apt asks too: the files are keyring and then what it takes. */
  public static Tool.Result gpgv(Path keyring, Path... files)
      throws IOException, InterruptedException {
    var all =
        new ArrayList<>(
            List.of("gpgv", "--status-fd", "1", "--keyring", keyring.toAbsolutePath().toString()));
    for (Path file : files) {
      all.add(file.toString());
    }
    return Tool.run(Map.of(), all.toArray(new String[0]));
  }

  @Override
  public void close() throws IOException {
    try {
      Tool.run(Map.of("GNUPGHOME", home.toString()), "gpgconf", "--kill", "all");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
