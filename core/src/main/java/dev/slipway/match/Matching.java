// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * Aligns ranges of new bytes with old bytes and with new bytes made before: the facade over {@link
 * SeedIndex} and {@link Matcher}.
 *
 * <pre>{@code
 * Matching matching = Matching.over(space, areas, sampled, memoryBytes, thoroughness);
 * List<List<Alignment>> found = matching.align(ranges, executor);
 * }</pre>
 */
public final class Matching {
  /** No hint. */
  public static final long NONE = Long.MIN_VALUE;

  /** How thoroughly to look. */
  public enum Thoroughness {
    /** Samples far apart; an alignment that goes on well is not questioned. */
    FAST(32, 32),
    /** In between. */
    BALANCED(16, 32),
    /** Samples close together; every byte that differs starts a search. */
    MAX(8, 0);

    private final int step;
    private final int patience;

    Thoroughness(int step, int patience) {
      this.step = step;
      this.patience = patience;
    }
  }

  /**
   * A range to sample for the index.
   *
   * @param start its first address
   * @param end the address behind it
   * @param sparse whether fewer samples will do, because it stayed the same and is a second choice
   */
  public record Sampled(long start, long end, boolean sparse) {}

  /**
   * A range of new bytes to align.
   *
   * @param start its first address
   * @param end the address behind it
   * @param before the {@linkplain Alignment#shift shift} of what lies before it, or {@link #NONE}
   * @param after the shift of what lies behind it, or {@link #NONE}
   * @param usable for each area, how many of its bytes are there when the range is made
   */
  public record Range(long start, long end, long before, long after, long[] usable) {}

  private static final int SPARSE = 8;
  private static final int LARGEST_STEP = 1 << 16;

  private final ByteSpace space;
  private final SeedIndex index;
  private final int patience;

  private Matching(ByteSpace space, SeedIndex index, int patience) {
    this.space = space;
    this.index = index;
    this.patience = patience;
  }

  /**
   * Builds the index.
   *
   * @param areas how many areas the space has
   * @param sampled what to index; what comes first is preferred
   * @param memoryBytes what the table may take; with less, samples are farther apart
   */
  public static Matching over(
      ByteSpace space,
      int areas,
      List<Sampled> sampled,
      long memoryBytes,
      Thoroughness thoroughness)
      throws IOException {
    long all = 0;
    for (int i = 0; i < areas; i++) {
      all += space.size(i);
    }
    int step = SeedIndex.numberableStep(thoroughness.step, all);
    while (step < LARGEST_STEP && samples(sampled, step) * Integer.BYTES > memoryBytes) {
      step *= 2;
    }
    var index = new SeedIndex(space, areas, step, samples(sampled, step), memoryBytes);
    for (Sampled range : sampled) {
      index.add(range.start, range.end, range.sparse ? SPARSE : 1);
    }
    return new Matching(space, index, thoroughness.patience);
  }

  private static long samples(List<Sampled> sampled, int step) {
    long samples = 0;
    for (Sampled range : sampled) {
      samples += (range.end - range.start) / step / (range.sparse ? SPARSE : 1) + 1;
    }
    return samples;
  }

  /** Aligns ranges; the results stand in their order, whatever thread made them. */
  public List<List<Alignment>> align(List<Range> ranges, Executor executor) {
    var tasks = new ArrayList<FutureTask<List<Alignment>>>();
    for (Range range : ranges) {
      var task = new FutureTask<>(() -> align(range));
      tasks.add(task);
      executor.execute(task);
    }
    var found = new ArrayList<List<Alignment>>();
    for (FutureTask<List<Alignment>> task : tasks) {
      try {
        found.add(task.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while matching", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("matching failed", e.getCause());
      }
    }
    return found;
  }

  private List<Alignment> align(Range range) {
    return new Matcher(space, index, range.start, range.end, range.usable, patience)
        .match(range.before, range.after);
  }
}
