// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.tree.Content;
import java.util.List;
import java.util.Objects;

/**
 * How a recovery system writes a release over a slot.
 *
 * @param keyring certificates whose signatures on bundles count, as PEM
 * @param compatible the machines the bundles are for
 * @param sequence the release the recovery system came with: nothing older is written unasked
 * @param builtSeconds a moment that has passed, for machines whose clock is wrong
 * @param sources where releases are looked for, in this order: {@link #DISK}, or addresses
 * @param unattended whether it starts to look by itself, and writes what fits without asking
 */
public record RecoveryBurn(
    Content keyring,
    String compatible,
    long sequence,
    long builtSeconds,
    List<String> sources,
    boolean unattended) {
  /** The source that stands for all disks and sticks of the machine. */
  public static final String DISK = "disk";

  /** The package with the program that verifies signatures. */
  public static final String OPENSSL = "openssl";

  /** The package with the program that lets the kernel verify blocks. */
  public static final String DMSETUP = "dmsetup";

  /** Nothing a shell would make something else of. */
  private static final String ADDRESS = "https?://[A-Za-z0-9._~:/?&=%+@-]+";

  public RecoveryBurn {
    Objects.requireNonNull(keyring, "keyring");
    sources = sources.stream().map(RecoveryBurn::requireSource).toList();
    if (!compatible.matches("[A-Za-z0-9 _.+-]+")) {
      throw new IllegalArgumentException(
          "the recovery system compares names of letters, digits and _ . + -: \""
              + compatible
              + "\"");
    }
    if (unattended && sources.isEmpty()) {
      throw new IllegalArgumentException(
          "a recovery system that looks for releases by itself needs to know where: \"disk\", or"
              + " addresses");
    }
  }

  /** Returns a source that is {@link #DISK} or an address, and complains about anything else. */
  public static String requireSource(String source) {
    if (!source.equals(DISK) && !source.matches(ADDRESS)) {
      throw new IllegalArgumentException(
          "releases come from \"disk\" or an address such as http://update.example/robot.raucb,"
              + " found \""
              + source
              + "\"");
    }
    return source;
  }

  /** What the script in the recovery system reads: everything but the keyring. */
  public String settings() {
    return "compatible='"
        + compatible
        + "'\nsequence="
        + sequence
        + "\nbuilt="
        + builtSeconds
        + "\nsources='"
        + String.join(" ", sources)
        + "'\nunattended="
        + (unattended ? "1" : "")
        + "\n";
  }
}
