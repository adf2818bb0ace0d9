// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import dev.slipway.match.Alignments;
import dev.slipway.match.BlockIndex;
import dev.slipway.match.ByteSpace;
import dev.slipway.match.Matching;
import dev.slipway.match.Matching.Range;
import dev.slipway.match.Matching.Sampled;
import dev.slipway.match.Matching.Thoroughness;
import dev.slipway.match.SuffixArray;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The inner loops of making and applying, on the generated pair. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class DeltaLoopsBenchmark {
  private static final int PIECE = 1 << 20;
  private static final long MEMORY = 64 << 20;

  private ScratchDirectory scratch;
  private ImagePair images;
  private ImagePair touched;
  private byte[] differences;
  private ByteSpace space;

  @Setup(Level.Trial)
  public void prepare() throws Exception {
    scratch = ScratchDirectory.create();
    images = ImagePair.of(ImagePair.GENERATED);
    space =
        ByteSpace.of(
            List.of(BlockSource.bytes(images.before()), BlockSource.bytes(images.after())));
    byte[] after = images.before().clone();
    var random = new Random(3);
    for (int i = 0; i < after.length; i += 1 + random.nextInt(100)) {
      after[i]++;
    }
    touched = new ImagePair(images.before(), after);
    differences = PatchEngine.FAST.make(touched, scratch.path());
  }

  @TearDown(Level.Trial)
  public void cleanUp() throws IOException {
    scratch.delete();
  }

  /** Blocks of the 8 MiB that are the same. */
  @Benchmark
  public List<Alignment> equalBlocks() throws IOException {
    return BlockIndex.of(BlockSource.bytes(images.before()), 1 << 20)
        .compare(BlockSource.bytes(images.after()), 0, ByteSpace.base(1))
        .copies();
  }

  /** The piece that moved and was touched, looked for in all of the old image. */
  @Benchmark
  public List<List<Alignment>> match() throws IOException {
    long start = ByteSpace.base(1) + 2 * PIECE;
    Matching matching =
        Matching.over(
            space,
            2,
            List.of(new Sampled(0, images.before().length, false)),
            MEMORY,
            Thoroughness.BALANCED);
    long[] usable = {images.before().length, 0};
    var range = new Range(start, start + PIECE, Matching.NONE, Matching.NONE, usable);
    return matching.align(List.of(range), Runnable::run);
  }

  /** As {@link #match}, but thoroughly and in one piece only. */
  @Benchmark
  public List<?> alignments() {
    return Alignments.between(
        Arrays.copyOfRange(images.before(), PIECE, 2 * PIECE),
        Arrays.copyOfRange(images.after(), 2 * PIECE, 3 * PIECE));
  }

  /** Of one piece. */
  @Benchmark
  public SuffixArray suffixArray() {
    return SuffixArray.of(Arrays.copyOf(images.before(), PIECE));
  }

  /** Applies differences to all of the 8 MiB, with everything that applying takes. */
  @Benchmark
  public long deltaAdd() throws Exception {
    return PatchEngine.FAST.apply(touched, differences, scratch.path());
  }

  /** What checks the target, over 8 MiB. */
  @Benchmark
  public Digest sha256() {
    return Digest.of(images.after());
  }

  /** What checks the source, over 8 MiB. */
  @Benchmark
  public long crc32c() {
    var crc = new CRC32C();
    crc.update(images.before());
    return crc.getValue();
  }
}
