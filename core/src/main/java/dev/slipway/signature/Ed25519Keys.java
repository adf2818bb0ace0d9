// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Ed25519 keys that are trusted, and keys that are trusted no more. A value: to know more, add.
 *
 * <p>Files hold one key in base64 on each line, as {@code trusted.ed25519} and {@code
 * revoked.ed25519} of ostree do.
 */
public final class Ed25519Keys {
  private static final Ed25519Keys NONE = new Ed25519Keys(Set.of(), Set.of());
  private static final long LIMIT_BYTES = 1 << 20;

  private final Set<Ed25519PublicKey> trusted;
  private final Set<Ed25519PublicKey> revoked;

  private Ed25519Keys(Set<Ed25519PublicKey> trusted, Set<Ed25519PublicKey> revoked) {
    this.trusted = trusted;
    this.revoked = revoked;
  }

  /** Trusts nobody. */
  public static Ed25519Keys none() {
    return NONE;
  }

  /** The keys that a file holds. */
  public static List<Ed25519PublicKey> read(Path file) throws IOException {
    if (Files.size(file) > LIMIT_BYTES) {
      throw new FormatException(file + ": larger than any list of keys");
    }
    var keys = new ArrayList<Ed25519PublicKey>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        keys.add(Ed25519PublicKey.parse(line, file.toString()));
      }
    }
    return keys;
  }

  /** These and further trusted keys. */
  public Ed25519Keys trusting(List<Ed25519PublicKey> more) {
    return new Ed25519Keys(joined(trusted, more), revoked);
  }

  /** These without keys, wherever they are trusted. */
  public Ed25519Keys revoking(List<Ed25519PublicKey> more) {
    return new Ed25519Keys(trusted, joined(revoked, more));
  }

  private static Set<Ed25519PublicKey> joined(
      Set<Ed25519PublicKey> some, List<Ed25519PublicKey> more) {
    var all = new LinkedHashSet<>(some);
    all.addAll(more);
    return all;
  }

  /** Whether nobody is trusted. */
  public boolean isEmpty() {
    return revoked.containsAll(trusted);
  }

  /**
   * Checks signatures over data; one that counts is enough.
   *
   * @param source the data's name in error messages
   * @return the key that counts
   * @throws UntrustedException if no signature counts
   */
  public Ed25519PublicKey verify(byte[] data, List<byte[]> signatures, String source)
      throws UntrustedException {
    if (signatures.isEmpty()) {
      throw new UntrustedException(source + ": holds no Ed25519 signature");
    }
    for (byte[] signature : signatures) {
      for (Ed25519PublicKey key : trusted) {
        if (!revoked.contains(key) && key.verifies(data, signature)) {
          return key;
        }
      }
    }
    for (byte[] signature : signatures) {
      for (Ed25519PublicKey key : revoked) {
        if (key.verifies(data, signature)) {
          throw new UntrustedException(
              source + ": its Ed25519 signature is by " + key + ", which is revoked");
        }
      }
    }
    throw new UntrustedException(
        source
            + ": none of its "
            + signatures.size()
            + " Ed25519 signatures is by one of the "
            + trusted.size()
            + " trusted keys");
  }
}
