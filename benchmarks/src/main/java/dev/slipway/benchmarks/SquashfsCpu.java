// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.slipway.fs.squashfs.Squashfs;
import dev.slipway.fs.squashfs.SquashfsCompression;
import dev.slipway.fs.squashfs.SquashfsOptions;
import dev.slipway.progress.Progress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The CPU seconds of our squashfs writer in a warm JVM, garbage collection and compiler included,
 * for {@code squashfs-peers.sh}: prints each run and the median, and leaves the last image at
 * {@code <directory>/slipway.squashfs}.
 */
public final class SquashfsCpu {
  private SquashfsCpu() {}

  /**
   * Takes the tar, the directory to work in, the compression, the number of threads, and of runs to
   * warm up and to measure.
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    var options = SquashfsOptions.of(SquashfsCompression.valueOf(args[2]), 1_700_000_000);
    int threads = Integer.parseInt(args[3]);
    int warmup = Integer.parseInt(args[4]);
    double[] seconds = new double[Integer.parseInt(args[5])];
    Path image = directory.resolve("slipway.squashfs");
    var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (PackedTree packed = PackedTree.of(Path.of(args[0]), directory)) {
      for (int run = -warmup; run < seconds.length; run++) {
        Files.deleteIfExists(image);
        long before = process.getProcessCpuTime();
        long wall = System.nanoTime();
        Squashfs.pack(packed.tree(), options, image, threads, Progress.none());
        double used = (process.getProcessCpuTime() - before) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "run %d: %.2f s CPU, %.2f s wall, %d bytes%n",
            run,
            used,
            (System.nanoTime() - wall) / 1e9,
            Files.size(image));
        if (run >= 0) {
          seconds[run] = used;
        }
      }
    }
    Arrays.sort(seconds);
    System.out.printf(Locale.ROOT, "median %.2f%n", seconds[seconds.length / 2]);
  }
}
