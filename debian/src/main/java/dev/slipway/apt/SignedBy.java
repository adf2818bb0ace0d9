// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import dev.slipway.signature.Keyring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whose signature a source must bear.
 *
 * @param files keyrings, absolute paths
 * @param fingerprints the only keys that count, of those in the files or, without files, of those
 *     apt trusts for everything; empty means all of them
 * @param key a key written out in the source itself
 */
public record SignedBy(List<Path> files, List<String> fingerprints, Optional<String> key) {
  private static final String ARMOR = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

  public SignedBy {
    files = List.copyOf(files);
    fingerprints = List.copyOf(fingerprints);
  }

  /** Whoever apt trusts for everything: {@code trusted.gpg} and {@code trusted.gpg.d}. */
  public static SignedBy anyTrusted() {
    return new SignedBy(List.of(), List.of(), Optional.empty());
  }

  /** Whoever has a key in a file. */
  public static SignedBy keyring(Path file) {
    return new SignedBy(List.of(file), List.of(), Optional.empty());
  }

  /** Whether nothing is said. */
  public boolean isDefault() {
    return files.isEmpty() && fingerprints.isEmpty() && key.isEmpty();
  }

  /** Reads the value of {@code Signed-By}: paths and fingerprints, or a key. */
  static SignedBy parse(String value, String source) throws FormatException {
    if (value.contains(ARMOR)) {
      return new SignedBy(List.of(), List.of(), Optional.of(unfolded(value)));
    }
    var files = new ArrayList<Path>();
    var fingerprints = new ArrayList<String>();
    for (String word : value.strip().split("[,\\s]+")) {
      if (word.startsWith("/")) {
        files.add(path(word, source));
      } else if (word.matches("(?i)([0-9a-f]{40}|[0-9a-f]{64})!?")) {
        fingerprints.add(word);
      } else if (!word.isEmpty()) {
        throw new FormatException(
            source
                + ": signed-by: \""
                + word
                + "\" is neither an absolute path nor a fingerprint of 40 digits");
      }
    }
    return new SignedBy(files, fingerprints, Optional.empty());
  }

  private static Path path(String word, String source) throws FormatException {
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new FormatException(source + ": signed-by: \"" + word + "\" is no path", e);
    }
  }

  /** Undoes the folding of deb822: a space before each line, a dot for an empty one. */
  private static String unfolded(String value) {
    var text = new StringBuilder();
    for (String line : value.strip().split("\n")) {
      String bare = line.strip();
      text.append(bare.equals(".") ? "" : bare).append('\n');
    }
    return text.toString();
  }

  /**
   * Reads the keys.
   *
   * @param root below which the paths are looked up
   * @param trusted what apt trusts for everything
   */
  Keyring keys(Path root, Keyring trusted, String source) throws IOException {
    Keyring keyring = Keyring.empty();
    if (key.isPresent()) {
      String name = source + ": Signed-By";
      keyring = keyring.plus(Keyring.parse(key.get().getBytes(StandardCharsets.US_ASCII), name));
    }
    for (Path file : files) {
      Path below = root.resolve(file.getRoot() == null ? file : file.getRoot().relativize(file));
      if (!Files.isReadable(below)) {
        throw new IOException(
            source + ": the keyring " + file + " is missing or this user may not read it");
      }
      keyring = keyring.plus(Keyring.read(below));
    }
    if (files.isEmpty() && key.isEmpty()) {
      keyring = trusted;
    }
    return fingerprints.isEmpty() ? keyring : keyring.only(fingerprints);
  }
}
