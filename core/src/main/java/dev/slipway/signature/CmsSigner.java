// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A CMS signature that counts, and who made it.
 *
 * @param subject of the signer's certificate, for people to read; nothing is decided by it
 * @param fingerprint SHA-256 of that certificate, lower-case hexadecimal
 * @param chain the subjects from the signer's certificate up to the trusted root's
 * @param signedAt when the signer says it was made; nothing is decided by it
 */
public record CmsSigner(
    String subject, String fingerprint, List<String> chain, Optional<Instant> signedAt) {}
