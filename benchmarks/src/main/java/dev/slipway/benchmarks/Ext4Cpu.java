// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The CPU seconds of our ext4 writer in a warm JVM, garbage collection and compiler included, for
 * {@code ext4-peers.sh}: prints each run and the median, and leaves the last image at {@code
 * <directory>/slipway.ext4}.
 */
public final class Ext4Cpu {
  private Ext4Cpu() {}

  /** Takes the tar, the directory to work in, the number of runs to warm up and to measure. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    int warmup = Integer.parseInt(args[2]);
    double[] seconds = new double[Integer.parseInt(args[3])];
    var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (PackedTree packed = PackedTree.of(Path.of(args[0]), directory)) {
      for (int run = -warmup; run < seconds.length; run++) {
        long before = process.getProcessCpuTime();
        long bytes = packed.writeExt4(true);
        double used = (process.getProcessCpuTime() - before) / 1e9;
        System.out.printf(Locale.ROOT, "run %d: %.2f s CPU, %d bytes%n", run, used, bytes);
        if (run >= 0) {
          seconds[run] = used;
        }
      }
      java.nio.file.Files.move(
          packed.image(),
          directory.resolve("slipway.ext4"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    Arrays.sort(seconds);
    System.out.printf(Locale.ROOT, "median %.2f%n", seconds[seconds.length / 2]);
  }
}
