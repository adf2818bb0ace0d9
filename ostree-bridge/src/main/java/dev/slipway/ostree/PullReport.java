// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import java.util.SortedMap;

/**
 * What pulling brought.
 *
 * @param refs where the pulled refs point now, and commits by their checksums
 * @param metadataFetched directories and commits that were not here
 * @param contentsFetched files that were not here
 */
public record PullReport(
    SortedMap<String, Digest> refs, int metadataFetched, int contentsFetched) {}
