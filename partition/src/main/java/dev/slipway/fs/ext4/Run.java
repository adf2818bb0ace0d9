// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

/** Blocks that lie side by side: {@code count} of them from {@code start} on. */
record Run(long start, long count) {
  Run {
    if (start < 0 || count <= 0) {
      throw new IllegalStateException("bug: no blocks: " + start + " + " + count);
    }
  }

  /** The first block behind the run. */
  long end() {
    return start + count;
  }
}
