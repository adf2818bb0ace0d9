// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaApplier;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.delta.Destination;
import dev.slipway.delta.Profile;
import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignments;
import dev.slipway.match.SuffixArray;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import io.sigpipe.jbsdiff.Diff;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
 * Making and applying deltas of a generated image of 8 MiB: mostly unchanged, some of it moved and
 * touched, a little new. For real images see {@code benchmarks/peers/delta-peers.sh}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class DeltaBenchmark {
  private static final int SIZE = 8 << 20;
  private static final int PIECE = 1 << 20;

  @Param({"FAST", "BALANCED", "MAX"})
  Profile profile;

  private Path directory;
  private byte[] before;
  private byte[] after;
  private byte[] delta;

  @Setup(Level.Trial)
  public void prepare() throws IOException {
    directory = Files.createTempDirectory("delta-benchmark");
    var random = new Random(1);
    before = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      before[i] = (byte) (random.nextInt(16) * random.nextInt(16));
    }
    after = before.clone();
    System.arraycopy(before, PIECE + 100, after, 2 * PIECE, PIECE);
    for (int i = 2 * PIECE; i < 3 * PIECE; i += 1 + random.nextInt(100)) {
      after[i]++;
    }
    for (int i = 5 * PIECE; i < 5 * PIECE + PIECE / 4; i++) {
      after[i] = (byte) random.nextInt(20);
    }
    delta = make();
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
  public byte[] make() throws IOException {
    try (BlockDelta made =
        BlockDelta.between(
            Volume.of(BlockSource.bytes(before)),
            Volume.of(BlockSource.bytes(after)),
            DeltaOptions.of(directory).withProfile(profile),
            Progress.none())) {
      var out = new ByteArrayOutputStream();
      made.writeTo(out);
      return out.toByteArray();
    }
  }

  @Benchmark
  public long apply() throws IOException {
    Path target = directory.resolve("made");
    try (Destination destination = Destination.file(target)) {
      return DeltaApplier.of(BlockSource.bytes(before), directory)
          .apply(new ByteArrayInputStream(delta), "delta", destination, Progress.none())
          .writtenBytes();
    }
  }

  /** The suffix array of one piece: does not depend on the profile. */
  @Benchmark
  public SuffixArray suffixArray() {
    return SuffixArray.of(Arrays.copyOf(before, PIECE));
  }

  /** The thorough alignment of one piece: does not depend on the profile. */
  @Benchmark
  public List<?> alignments() {
    return Alignments.between(
        Arrays.copyOfRange(before, PIECE, 2 * PIECE),
        Arrays.copyOfRange(after, 2 * PIECE, 3 * PIECE));
  }

  /** The Java rival on the same piece. */
  @Benchmark
  public int jbsdiff() throws Exception {
    var out = new ByteArrayOutputStream();
    Diff.diff(
        Arrays.copyOfRange(before, PIECE, 2 * PIECE),
        Arrays.copyOfRange(after, 2 * PIECE, 3 * PIECE),
        out);
    return out.size();
  }
}
