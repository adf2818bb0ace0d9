// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The digest of the target, and on the way there a check for each step: the first {@value
 * #CHECK_BYTES} bytes of the digest of everything up to the step's end.
 *
 * <p>One pass of SHA-256 serves both. A check guards against mistakes, for which 64 bits are
 * plenty; against malice there is the whole digest, and only what matches it is ever taken for the
 * target.
 */
final class TargetDigests {
  static final int CHECK_BYTES = 8;

  private final int stepBytes;
  private final MessageDigest digest = Digest.sha256();
  private long inStep;

  TargetDigests(int stepBytes) {
    this.stepBytes = stepBytes;
  }

  /** How many bytes may be added before the step's end. */
  int room() {
    return (int) (stepBytes - inStep);
  }

  /** Adds bytes, which must not go beyond the step's end. */
  void add(ByteBuffer bytes) {
    inStep += bytes.remaining();
    digest.update(bytes);
  }

  /** Whether a step is complete and its check due. */
  boolean stepIsComplete() {
    return inStep == stepBytes;
  }

  /** The check of the step that ends here; the next one begins. */
  byte[] endStep() {
    inStep = 0;
    try {
      MessageDigest copy = (MessageDigest) digest.clone();
      return Arrays.copyOf(copy.digest(), CHECK_BYTES);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every Java platform can copy a SHA-256 under way", e);
    }
  }

  boolean isWithinStep() {
    return inStep > 0;
  }

  Digest finish() {
    return Digest.finish(digest);
  }

  /** The checks of all steps of a target, and its digest. */
  record Checks(byte[] steps, Digest whole) {
    static Checks of(BlockSource target, int stepBytes) throws IOException {
      var digests = new TargetDigests(stepBytes);
      int steps = Math.toIntExact((target.size() + stepBytes - 1) / stepBytes);
      byte[] checks = new byte[Math.multiplyExact(steps, CHECK_BYTES)];
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
      long at = 0;
      int step = 0;
      while (at < target.size()) {
        int count = (int) Math.min(target.size() - at, Math.min(buffer.capacity(), digests.room()));
        target.readFully(at, buffer.clear().limit(count));
        digests.add(buffer.flip());
        at += count;
        if (digests.stepIsComplete() || at == target.size()) {
          System.arraycopy(digests.endStep(), 0, checks, step++ * CHECK_BYTES, CHECK_BYTES);
        }
      }
      return new Checks(checks, digests.finish());
    }
  }
}
