// SPDX-License-Identifier: Apache-2.0
/**
 * Debian's small formats: what a package says of itself.
 *
 * <pre>
 *   robot_1.0_amd64.deb  = ar archive
 *     debian-binary        "2.0\n"
 *     control.tar.xz       the control stanza, maintainer scripts, conffiles, ...
 *     data.tar.xz          the files
 * </pre>
 *
 * <p>In reading order: {@link dev.slipway.deb.DebVersion} (which version is newer), {@link
 * dev.slipway.deb.Relation} and {@link dev.slipway.deb.Dependency} (what a package needs), {@link
 * dev.slipway.deb.Stanza} (fields and values), {@link dev.slipway.deb.DebFile} (a package).
 *
 * @see <a href="https://www.debian.org/doc/debian-policy/ch-controlfields.html">Debian Policy,
 *     chapter 5</a>
 * @see <a href="https://manpages.debian.org/bookworm/dpkg-dev/deb.5.en.html">deb(5)</a>
 */
package dev.slipway.deb;
