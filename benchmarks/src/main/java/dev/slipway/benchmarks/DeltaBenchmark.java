// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Making and applying patches, ours and the rivals'. A generated pair of 8 MiB lies at hand; real
 * ones are named: {@code -p pair=min0.ext4:min1.ext4}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class DeltaBenchmark {
  @Param({"FAST", "BALANCED", "MAX", "JBSDIFF", "ZSTD_DICTIONARY"})
  public PatchEngine engine;

  @Param(ImagePair.GENERATED)
  public String pair;

  private ScratchDirectory scratch;
  private ImagePair images;
  private byte[] patch;

  /** Makes the patch that is applied, and says how large it is. */
  @Setup(Level.Trial)
  public void prepare() throws Exception {
    scratch = ScratchDirectory.create();
    images = ImagePair.of(pair);
    patch = make();
    System.out.println("# patch of " + patch.length + " bytes");
  }

  @TearDown(Level.Trial)
  public void cleanUp() throws IOException {
    scratch.delete();
  }

  @Benchmark
  public byte[] make() throws Exception {
    return engine.make(images, scratch.path());
  }

  @Benchmark
  public long apply() throws Exception {
    return engine.apply(images, patch, scratch.path());
  }
}
