// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * How the recovery system writes a release over a slot.
 *
 * @param keyring certificates whose signatures on bundles count, as PEM
 * @param sources where it looks for bundles: {@code disk}, or addresses
 * @param unattended whether it does so without being asked
 */
public record RecoverySettings(Path keyring, List<String> sources, boolean unattended) {
  public RecoverySettings {
    Objects.requireNonNull(keyring, "keyring");
    sources = List.copyOf(sources);
  }
}
