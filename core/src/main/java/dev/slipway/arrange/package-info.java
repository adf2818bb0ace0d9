// SPDX-License-Identifier: Apache-2.0
/**
 * What stays: divides a configured system between its release, which is read-only, and its machine,
 * which keeps what it made.
 *
 * <pre>
 *   the release (a slot, read-only)                the machine (the data partition)
 *   /usr   everything installed          ┌──────►  /var  /home  /root  /srv
 *     /usr/lib/sysimage/dpkg             │         /etc's changes, laid over the release's /etc
 *     /usr/share/factory/var ... ────────┘
 *            copied at boot where missing, by systemd-tmpfiles
 *   /etc   as the release has it
 * </pre>
 *
 * <p>{@link dev.slipway.arrange.Arrangement} does the whole step; {@link
 * dev.slipway.arrange.Accounts} and {@link dev.slipway.arrange.FirstBoot} are the pieces that also
 * stand alone. Nothing here knows what kind of disk or repository the tree goes to.
 */
package dev.slipway.arrange;
