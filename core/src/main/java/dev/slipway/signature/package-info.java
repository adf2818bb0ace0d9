// SPDX-License-Identifier: Apache-2.0
/**
 * Who signed some bytes, and whether that counts.
 *
 * <p>OpenPGP, as Debian archives use it: a {@link dev.slipway.signature.Keyring} holds the keys
 * that are trusted, {@link dev.slipway.signature.OpenPgp} checks a signed text or a detached
 * signature against it and gives the {@link dev.slipway.signature.Signer}s that count, or throws an
 * {@link dev.slipway.signature.UntrustedException} that lists every signature with the reason it
 * does not. What counts is decided in two places only: {@code HashPolicy} (strength of hashes and
 * keys) and {@code KeyHistory} (what a key's owner said about it: expiry, revocation, subkeys).
 * {@link dev.slipway.signature.OpenPgpSigner} makes such signatures.
 *
 * <p>Ed25519 as plain 64 bytes, as ostree has it: {@link dev.slipway.signature.Ed25519Keys} are
 * trusted or revoked, {@link dev.slipway.signature.Ed25519SecretKey} signs.
 *
 * <p>CMS, as update bundles use it: {@link dev.slipway.signature.Cms} signs and checks messages
 * under a {@link dev.slipway.signature.CmsPolicy} (pinned roots, purpose, revocation, time), {@link
 * dev.slipway.signature.SigningKey} and {@link dev.slipway.signature.Pem} read keys and
 * certificates, {@link dev.slipway.signature.DevelopmentKeys} makes some to try things out.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5652">RFC 5652, CMS</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9580">RFC 9580, OpenPGP</a>
 */
package dev.slipway.signature;
