// SPDX-License-Identifier: Apache-2.0
/**
 * Signed update bundles, in RAUC's verity format.
 *
 * <pre>
 * | squashfs: manifest.raucm, images, indexes, deltas | hash tree | CMS: the manifest, signed | length |
 * |                 whole blocks of 4096              |           |                           | u64 BE |
 * </pre>
 *
 * <p>{@link dev.slipway.bundle.Bundle} writes and opens them, {@link
 * dev.slipway.bundle.BundleRecipe} says what goes in, {@link dev.slipway.bundle.BundleManifest}
 * what a bundle says of itself. Writing: {@code BundlePayload} (manifest and files), {@code
 * BundleWriter}; the text of manifests: {@code ManifestText} on {@code KeyFile}.
 *
 * <p>{@link dev.slipway.bundle.Swu} and {@link dev.slipway.bundle.Casync} give the same images to
 * other updaters.
 *
 * @see <a href="https://rauc.readthedocs.io/en/latest/reference.html">RAUC, reference</a>
 */
package dev.slipway.bundle;
