// SPDX-License-Identifier: Apache-2.0
/**
 * From packages to one configured root file system: what debootstrap does, without a directory
 * owned by root.
 *
 * <pre>
 *   .deb blobs ── UnpackedStore ──► UnpackedPackage ── PackageMerge ──► Tree with dpkg's records
 *                (in parallel,                       (dpkg's rules)        │
 *                 once in a store's life)                                  ▼
 *   Tree ◄── IdMap ◄── Normalization ◄── Sandbox ◄── ConfigureScripts: preinst, dpkg --configure
 * </pre>
 *
 * <p>In reading order: {@link dev.slipway.rootfs.Rootfs}, {@code UnpackedPackage}, {@code
 * PackageMerge}, {@code DpkgDatabase}, {@code ConfigureScripts}; then {@link
 * dev.slipway.rootfs.Sandbox}, {@code ChildSandbox} and {@code sandbox.sh}; then {@link
 * dev.slipway.rootfs.Normalization} and {@code IdMap}.
 */
package dev.slipway.rootfs;
