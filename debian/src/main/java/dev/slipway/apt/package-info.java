// SPDX-License-Identifier: Apache-2.0
/**
 * What apt does before dpkg unpacks: which archives there are, whether to trust them, which
 * packages and versions a request needs, and where they lie.
 *
 * <pre>
 *   request + indexes ── Resolver ──► Resolution ──► LockFile ──► the packages of this and every later build
 * </pre>
 *
 * <p>In reading order: {@link dev.slipway.apt.Platform} (everything that depends on distribution
 * and architecture), {@link dev.slipway.apt.PackageIndex} and {@link dev.slipway.apt.BinaryPackage}
 * (what an archive offers), {@link dev.slipway.apt.PackageRequest}, {@link
 * dev.slipway.apt.Resolver} and {@link dev.slipway.apt.Resolution} (the choice apt would make),
 * {@link dev.slipway.apt.LockFile} (the choice, kept).
 *
 * <p>Where it all comes from: {@link dev.slipway.apt.AptConfiguration} and {@link
 * dev.slipway.apt.SourceEntry} (what a machine's configuration or a specification says), {@link
 * dev.slipway.apt.Archive} (proven indexes, and package files in the store).
 */
package dev.slipway.apt;
