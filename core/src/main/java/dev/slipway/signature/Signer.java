// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.time.Instant;

/**
 * A signature that counts, and who made it.
 *
 * @param fingerprint of the key that signed, upper-case hexadecimal: the primary key or a subkey
 * @param primaryFingerprint of the primary key, which is what people pin
 * @param userId the primary key's first user id, for people to read; nothing is decided by it
 * @param signedAt when the signer says it was made
 */
public record Signer(
    String fingerprint, String primaryFingerprint, String userId, Instant signedAt) {}
