// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

/**
 * Where an index comes from, without the host: the same on every mirror.
 *
 * @param archive the number of its source in the configuration, from 0: a package is fetched from
 *     the source with this number
 * @param suite {@code Suite} of its Release file, such as {@code stable-security}
 * @param codename {@code Codename} of its Release file, such as {@code bookworm-security}
 * @param component such as {@code main}
 * @param origin {@code Origin} of its Release file, such as {@code Debian}
 * @param label {@code Label} of its Release file
 * @param priority how much its packages are wanted, as apt_preferences(5) counts: 500 by default; a
 *     negative one forbids them
 */
public record IndexOrigin(
    int archive,
    String suite,
    String codename,
    String component,
    String origin,
    String label,
    int priority) {
  /** The priority of a source nobody said anything about. */
  public static final int DEFAULT_PRIORITY = 500;

  /** An origin of default priority of which only the names in the archive are known. */
  public static IndexOrigin of(int archive, String codename, String component) {
    return new IndexOrigin(archive, "", codename, component, "", "", DEFAULT_PRIORITY);
  }

  /**
   * The priority that follows from a Release file's {@code NotAutomatic} and {@code
   * ButAutomaticUpgrades}.
   */
  public static int priorityOf(boolean notAutomatic, boolean butAutomaticUpgrades) {
    return butAutomaticUpgrades ? 100 : notAutomatic ? 1 : DEFAULT_PRIORITY;
  }

  /** {@code bookworm-security/main}. */
  @Override
  public String toString() {
    return (codename.isEmpty() ? suite : codename) + (component.isEmpty() ? "" : "/" + component);
  }
}
