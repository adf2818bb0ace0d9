// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import dev.slipway.digest.Digest;

/**
 * A part of a volume whose origin is known: bytes of a file, in order.
 *
 * @param offset where it starts in the volume
 * @param length how many bytes it has
 * @param path the file it belongs to
 * @param fileOffset where these bytes start in that file
 * @param digest the digest of the whole file
 */
public record Extent(long offset, long length, String path, long fileOffset, Digest digest) {}
