// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.fs.squashfs.SquashfsCompression;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How a bundle is made.
 *
 * @param compression of the payload: what the kernels of the machines can read
 * @param threads how many compress side by side; any number gives the same bytes
 * @param work a directory for files that are only needed meanwhile: 1/128 of the images
 */
public record BundleOptions(SquashfsCompression compression, int threads, Path work) {
  public BundleOptions {
    Objects.requireNonNull(compression, "compression");
    Objects.requireNonNull(work, "work");
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread has to work: " + threads);
    }
  }

  /** Packed with zstd: Debian's kernels have read it since 2018. */
  public static BundleOptions zstd(int threads, Path work) {
    return new BundleOptions(SquashfsCompression.ZSTD, threads, work);
  }
}
