// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

/**
 * What a transaction saw and what of it was new.
 *
 * @param metadataSeen directories and commits
 * @param contentsSeen files and links
 * @param contentBytesWritten of the new files, uncompressed
 */
public record TransactionReport(
    int metadataSeen,
    int metadataWritten,
    int contentsSeen,
    int contentsWritten,
    long contentBytesWritten) {}
