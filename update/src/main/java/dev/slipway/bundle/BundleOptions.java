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
public record BundleOptions(
    Format format, SquashfsCompression compression, int threads, Path work) {

  /** Kinds of bundles. */
  public enum Format {
    /** The payload is checked block by block while it is read. */
    VERITY,

    /**
     * For RAUC alone, and only where the machine cannot do better: the whole payload has to be read
     * before anything in it can be believed. We write it and do not install it.
     */
    PLAIN
  }

  public BundleOptions {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(compression, "compression");
    Objects.requireNonNull(work, "work");
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread has to work: " + threads);
    }
  }

  /** Packed with zstd: Debian's kernels have read it since 2018. */
  public static BundleOptions zstd(int threads, Path work) {
    return new BundleOptions(Format.VERITY, SquashfsCompression.ZSTD, threads, work);
  }

  public BundleOptions withFormat(Format newFormat) {
    return new BundleOptions(newFormat, compression, threads, work);
  }

  public BundleOptions withCompression(SquashfsCompression newCompression) {
    return new BundleOptions(format, newCompression, threads, work);
  }
}
