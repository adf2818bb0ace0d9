// SPDX-License-Identifier: Apache-2.0
/**
 * Which system a machine boots, as data.
 *
 * <pre>
 *   BootMenu ── grubConfiguration() ──► grub.cfg    what GRUB does
 *       │
 *       └── freshEnvironment() ──► GrubEnvironment  what GRUB and the running system tell each other
 * </pre>
 *
 * <p>Start with {@link dev.slipway.bootconfig.BootMenu}. The script it makes needs only modules
 * that distributions build into their signed GRUB, so it runs under Secure Boot; the variables
 * carry the names that RAUC's GRUB backend reads and writes.
 */
package dev.slipway.bootconfig;
