// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

/**
 * How a static delta is made.
 *
 * @param threads how many work at once
 * @param partBytes how much a part holds before it is compressed; a larger object has one of its
 *     own
 * @param memoryBytes what suffix arrays and compressors may take together; a file too large for it
 *     is compared by a rolling hash instead
 */
public record DeltaOptions(int threads, long partBytes, long memoryBytes) {
  /** Parts of 14 MiB, 336 MiB of memory: enough for two compressors. */
  public static DeltaOptions threads(int threads) {
    return new DeltaOptions(threads, 14L << 20, 336L << 20);
  }

  public DeltaOptions {
    if (threads < 1 || partBytes < 1 || memoryBytes < 1) {
      throw new IllegalArgumentException(
          "threads, bytes of a part and bytes of memory are at least 1: "
              + threads
              + ", "
              + partBytes
              + ", "
              + memoryBytes);
    }
  }

  public DeltaOptions withPartBytes(long bytes) {
    return new DeltaOptions(threads, bytes, memoryBytes);
  }

  public DeltaOptions withMemoryBytes(long bytes) {
    return new DeltaOptions(threads, partBytes, bytes);
  }
}
