// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import dev.slipway.delta.member.Rebuild;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rebuilding a gzip member of 8 MiB of plain text, against the JDK's native deflater at the same
 * level: {@code java -jar benchmarks/target/benchmarks.jar DeflateRebuild}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class DeflateRebuildBenchmark {
  private static final int PLAIN_BYTES = 8 << 20;

  /** A recipe without departures: version 1, kind gzip, the dialect of GNU gzip, no parts. */
  private static final int GZIP_RECIPE = 0x11;

  /** As gzip and zlib count them. */
  @Param({"1", "6", "9"})
  public int level;

  private byte[] plain;

  /** Makes words of a skewed distribution, with a run of random bytes now and then. */
  @Setup
  public void makePlain() {
    var random = new Random(1);
    plain = new byte[PLAIN_BYTES];
    byte[] words = new byte[1 << 14];
    random.nextBytes(words);
    for (int at = 0; at < plain.length; ) {
      double skew = random.nextDouble();
      int start = (int) (skew * skew * (words.length - 16));
      byte[] word =
          (Integer.toHexString(words[start] * 31) + " ").getBytes(StandardCharsets.US_ASCII);
      byte[] piece = random.nextInt(8) == 0 ? new byte[8] : word;
      if (piece != word) {
        random.nextBytes(piece);
      }
      int step = Math.min(piece.length, plain.length - at);
      System.arraycopy(piece, 0, plain, at, step);
      at += step;
    }
  }

  /** By our own encoder. */
  @Benchmark
  public void rebuild() throws IOException {
    byte[] recipe = {GZIP_RECIPE, (byte) level, 0};
    try (OutputStream out = Rebuild.open(recipe, OutputStream.nullOutputStream())) {
      out.write(plain);
    }
  }

  /** By the JDK's native zlib, whose bytes nothing may depend on. */
  @Benchmark
  public void jdkDeflater() throws IOException {
    var deflater = new Deflater(level, true);
    try (var out = new DeflaterOutputStream(OutputStream.nullOutputStream(), deflater)) {
      out.write(plain);
    } finally {
      deflater.end();
    }
  }
}
