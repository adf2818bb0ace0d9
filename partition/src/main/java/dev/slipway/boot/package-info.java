// SPDX-License-Identifier: Apache-2.0
/**
 * What starts a machine from one of our disks.
 *
 * <pre>
 *   BIOS:  MBR boot code ──► core image (BIOS boot partition) ──┐
 *          GrubBios                                             ├─► grub.cfg, grubenv (ESP)
 *   UEFI:  shim ──► signed GRUB (ESP)  ─────────────────────────┘        │
 *          GrubEfi                                                       ▼
 *                                            /vmlinuz, /initrd.img of the chosen slot
 *                                                                        │
 *                                              Initramfs: finds, checks, mounts, or reboots
 * </pre>
 *
 * <p>Reading order: {@link dev.slipway.boot.GrubBios}, {@link dev.slipway.boot.GrubEfi}, {@link
 * dev.slipway.boot.Initramfs}. Every program comes from the distribution's packages, given as a
 * tree; this library holds none.
 */
package dev.slipway.boot;
