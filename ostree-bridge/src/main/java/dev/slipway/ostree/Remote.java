// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.FormatException;
import dev.slipway.signature.Ed25519Keys;
import dev.slipway.signature.Ed25519PublicKey;
import dev.slipway.signature.Keyring;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A remote of a repository's configuration: {@code [remote "origin"]}, with its addresses and whose
 * signatures it needs, by ostree's own keys and defaults.
 *
 * @param addresses of the repository; further ones are mirrors
 * @param commits whose signatures commits need
 * @param summary whose signatures the summary needs
 */
public record Remote(String name, List<URI> addresses, Verification commits, Verification summary) {
  private static final List<Path> KEY_DIRECTORIES =
      List.of(Path.of("/etc/ostree"), Path.of("/usr/share/ostree"));

  public Remote {
    addresses = List.copyOf(addresses);
  }

  /**
   * The group of a remote in the configuration.
   *
   * @throws FormatException if no remote can be called so
   */
  public static String group(String name) throws FormatException {
    return "remote \"" + Refs.requireRemote(name) + "\"";
  }

  /**
   * A configured remote.
   *
   * @param at the instant at which keys are judged; usually now
   */
  static Remote of(OstreeRepository repository, String name, Instant at) throws IOException {
    KeyFile config = repository.config();
    String group = group(name);
    Optional<String> url = config.get(group, "url");
    if (url.isEmpty()) {
      throw new NoSuchRefException(
          repository.directory() + "/config: no remote \"" + name + "\" with an url");
    }
    Optional<Keyring> keyring =
        config.getBoolean(group, "gpg-verify", true)
                || config.getBoolean(group, "gpg-verify-summary", false)
            ? Optional.of(keyring(repository, name))
            : Optional.empty();
    boolean sign = signVerify(config, group);
    Optional<Ed25519Keys> keys =
        sign || config.getBoolean(group, "sign-verify-summary", false)
            ? Optional.of(ed25519(config, group))
            : Optional.empty();
    var commits =
        new Verification(
            config.getBoolean(group, "gpg-verify", true) ? keyring : Optional.empty(),
            sign ? keys : Optional.empty(),
            at);
    var summary =
        new Verification(
            config.getBoolean(group, "gpg-verify-summary", false) ? keyring : Optional.empty(),
            config.getBoolean(group, "sign-verify-summary", false) ? keys : Optional.empty(),
            at);
    return new Remote(name, addresses(url.get(), name), commits, summary);
  }

  private static List<URI> addresses(String url, String name) throws FormatException {
    var all = new ArrayList<URI>();
    for (String each : url.split(",")) {
      try {
        all.add(new URI(each.strip()));
      } catch (URISyntaxException e) {
        throw new FormatException("remote " + name + ": url: " + e.getMessage(), e);
      }
    }
    return all;
  }

  /** {@code sign-verify} is a switch, or the kinds of which one is needed. */
  private static boolean signVerify(KeyFile config, String group) throws FormatException {
    String value = config.get(group, "sign-verify").orElse("false");
    if (value.equals("ed25519")) {
      return true;
    }
    return config.getBoolean(group, "sign-verify", false);
  }

  private static Keyring keyring(OstreeRepository repository, String name) throws IOException {
    Keyring all = Keyring.empty();
    Path own = keyringFile(repository, name);
    if (Files.exists(own)) {
      all = all.plus(Keyring.read(own));
    }
    for (String path : repository.config().getList(group(name), "gpgkeypath")) {
      all = all.plus(Keyring.read(Path.of(path)));
    }
    return all;
  }

  /** Where a remote's OpenPGP keys are. */
  static Path keyringFile(OstreeRepository repository, String name) {
    return repository.directory().resolve(name + ".trustedkeys.gpg");
  }

  /** Adds keys to a remote's. */
  static void trust(OstreeRepository repository, String name, byte[] keys) throws IOException {
    String source = "keys for remote " + Refs.requireRemote(name);
    byte[] binary = Keyring.binary(keys, source);
    if (Keyring.parse(binary, source).isEmpty()) {
      throw new FormatException(source + ": no key that can be read");
    }
    Path file = keyringFile(repository, name);
    byte[] before = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    byte[] all = Arrays.copyOf(before, before.length + binary.length);
    System.arraycopy(binary, 0, all, before.length, binary.length);
    Directories.replace(file, all, repository.syncs());
  }

  private static Ed25519Keys ed25519(KeyFile config, String group) throws IOException {
    Ed25519Keys keys = Ed25519Keys.none();
    Optional<String> key = config.get(group, "verification-ed25519-key");
    if (key.isPresent()) {
      keys = keys.trusting(List.of(Ed25519PublicKey.parse(key.get(), group)));
    }
    Optional<String> file = config.get(group, "verification-ed25519-file");
    if (file.isPresent()) {
      keys = keys.trusting(Ed25519Keys.read(Path.of(file.get())));
    }
    boolean own = key.isPresent() || file.isPresent();
    for (Path directory : KEY_DIRECTORIES) {
      if (!own) {
        keys = keys.trusting(lists(directory, "trusted.ed25519"));
      }
      keys = keys.revoking(lists(directory, "revoked.ed25519"));
    }
    return keys;
  }

  /** The keys of a file and of all files in the directory of the same name with {@code .d}. */
  private static List<Ed25519PublicKey> lists(Path directory, String name) throws IOException {
    var keys = new ArrayList<Ed25519PublicKey>();
    Path file = directory.resolve(name);
    if (Files.exists(file)) {
      keys.addAll(Ed25519Keys.read(file));
    }
    Path more = directory.resolve(name + ".d");
    if (Files.isDirectory(more)) {
      try (var files = Files.list(more)) {
        for (Path each : (Iterable<Path>) files.sorted()::iterator) {
          keys.addAll(Ed25519Keys.read(each));
        }
      }
    }
    return keys;
  }
}
