// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

/**
 * Where packages of a lock file come from, by the archive's own names: no host is among them, so
 * every mirror will do.
 *
 * @param suite {@code Suite} of the Release file; may be empty
 * @param codename {@code Codename} of the Release file, such as {@code bookworm-security}; may be
 *     empty
 * @param component such as {@code main}; may be empty
 * @param origin {@code Origin} of the Release file, such as {@code Debian}; may be empty
 */
public record LockedSource(String suite, String codename, String component, String origin) {
  static LockedSource of(IndexOrigin origin) {
    return new LockedSource(origin.suite(), origin.codename(), origin.component(), origin.origin());
  }
}
