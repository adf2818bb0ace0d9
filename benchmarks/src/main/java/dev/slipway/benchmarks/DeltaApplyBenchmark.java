// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaApplier;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.delta.Destination;
import dev.slipway.delta.Profile;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many bytes of target a warm JVM makes: applying a {@code fast} delta without members onto a
 * file in memory that holds other bytes before, so that every block is read, compared and written.
 * Beside it what digesting the same file takes, which no applying can do without.
 *
 * <p>One operation is a MiB of target, so MiB/s stand in the results.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-XX:+UseSerialGC")
public class DeltaApplyBenchmark {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 128;

  /** Every so many bytes of the touched parts are changed. */
  private static final int TOUCHED = 500;

  private Path directory;
  private Path before;
  private Path target;
  private byte[] delta;

  @Setup(Level.Trial)
  public void prepare() throws IOException {
    Path memory = Path.of("/dev/shm");
    directory =
        Files.isDirectory(memory)
            ? Files.createTempDirectory(memory, "delta-apply")
            : Files.createTempDirectory("delta-apply");
    before = directory.resolve("before");
    target = directory.resolve("target");
    var random = new Random(1);
    byte[] old = new byte[SIZE * MIB];
    for (int i = 0; i < old.length; i++) {
      old[i] = (byte) (random.nextInt(16) * random.nextInt(16));
    }
    byte[] made = old.clone();
    System.arraycopy(old, 100, made, 8 * MIB, 8 * MIB);
    for (int i = 32 * MIB; i < 40 * MIB; i += TOUCHED) {
      made[i]++;
    }
    Files.write(before, old);
    try (BlockDelta between =
        BlockDelta.between(
            Volume.of(BlockSource.bytes(old)),
            Volume.of(BlockSource.bytes(made)),
            DeltaOptions.of(directory).withProfile(Profile.FAST),
            Progress.none())) {
      var out = new ByteArrayOutputStream();
      between.writeTo(out);
      delta = out.toByteArray();
    }
  }

  /** The target's pages are there, and none of its blocks is right. */
  @Setup(Level.Invocation)
  public void spoil() throws IOException {
    byte[] wrong = new byte[MIB];
    new Random(2).nextBytes(wrong);
    try (var out = Files.newOutputStream(target, StandardOpenOption.CREATE)) {
      for (int i = 0; i < SIZE; i++) {
        out.write(wrong);
      }
    }
  }

  @TearDown(Level.Trial)
  public void cleanUp() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  @Benchmark
  @OperationsPerInvocation(SIZE)
  public long apply() throws IOException {
    try (BlockSource source = BlockSource.file(before);
        Destination destination = Destination.inPlace(target, directory.resolve("state"))) {
      return DeltaApplier.of(source, directory)
          .apply(new ByteArrayInputStream(delta), "delta", destination, Progress.none())
          .writtenBytes();
    }
  }

  @Benchmark
  @OperationsPerInvocation(SIZE)
  public Digest digest() throws IOException {
    try (BlockSource source = BlockSource.file(before)) {
      return Digest.of(source.stream(0, source.size()));
    }
  }
}
