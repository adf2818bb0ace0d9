// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where packages come from: one stanza of apt's deb822 sources.
 *
 * @param suites in order; empty means the suite of the specification
 * @param components such as {@code main}; at least one
 * @param keyring the OpenPGP keys that may sign; empty means the host's keyring of the distribution
 * @param keyringText the keyring as the specification writes it, for the sources inside the image
 * @param priority as apt's pinning: higher wins, 500 is usual
 */
public record AptSource(
    List<String> uris,
    List<String> suites,
    List<String> components,
    Optional<Path> keyring,
    Optional<String> keyringText,
    int priority) {
  /** What apt gives a source that nobody pinned. */
  public static final int PRIORITY_DEFAULT = 500;

  public AptSource {
    uris = List.copyOf(uris);
    suites = List.copyOf(suites);
    components = List.copyOf(components);
  }
}
