// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;

/**
 * What came of committing a tree.
 *
 * @param checksum the commit
 * @param report what of it was new in the repository
 */
public record Committed(Digest checksum, TransactionReport report) {}
