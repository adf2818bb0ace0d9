// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import java.util.Arrays;

/**
 * A fixed number of digests, 32 bytes each and nothing more. Several threads may set different ones
 * at once; whoever waited for these threads sees them all.
 */
final class DigestArray {
  private final byte[] bytes;

  DigestArray(int size) {
    bytes = new byte[Math.multiplyExact(size, Digest.BYTES)];
  }

  void set(int index, Digest digest) {
    System.arraycopy(digest.bytes(), 0, bytes, index * Digest.BYTES, Digest.BYTES);
  }

  Digest get(int index) {
    int start = index * Digest.BYTES;
    return Digest.fromBytes(Arrays.copyOfRange(bytes, start, start + Digest.BYTES));
  }
}
