// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a tree with its contents in a pack to an ext4 image, both in memory: {@code java -jar
 * benchmarks/target/benchmarks.jar Ext4 -p tar=rootfs.tar}. The rival is timed by {@code
 * benchmarks/peers/ext4-peers.sh}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class Ext4Benchmark {
  /** A root file system as a tar. */
  @Param("rootfs.tar")
  public String tar;

  private PackedTree packed;

  @Setup
  public void unpack() throws IOException {
    packed = PackedTree.of(Path.of(tar), Path.of("/dev/shm"));
  }

  @TearDown
  public void remove() throws IOException {
    packed.close();
  }

  @Benchmark
  public long write() throws IOException {
    return packed.writeExt4(false);
  }
}
