// SPDX-License-Identifier: Apache-2.0
/**
 * Takes a machine from one release to the next.
 *
 * <pre>
 *   BundleSource ─► Installer ─► SystemDisk          writes the slot that does not run
 *                      │            └─ BootStore     B_OK=0 first, B first in ORDER at the end
 *                      └─ InstallState               where to go on after a cut
 *   SystemStatus, Reset, Flash                       what is running, back to factory, whole machines
 * </pre>
 *
 * <p>Start with {@link dev.slipway.update.Installer}. Confirming a release and falling back from it
 * need no Java: the machine's shell scripts and its boot loader do that.
 */
package dev.slipway.update;
