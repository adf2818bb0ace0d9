// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import dev.slipway.match.BlockIndex;
import dev.slipway.match.ByteSpace;
import dev.slipway.match.Matching;
import dev.slipway.match.Matching.Range;
import dev.slipway.match.Matching.Sampled;
import dev.slipway.match.Sameness;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Finds what the target is made of. First the blocks that are the same; only what is left after
 * them is searched.
 */
final class Search {
  /** Ranges are matched in pieces of this size, side by side. */
  private static final long PIECE = 4L << 20;

  private static final int AREAS = Area.values().length;

  private final ByteSpace space;
  private final DeltaOptions options;
  private final Layout layout;

  private final Progress progress;

  Search(ByteSpace space, Layout layout, DeltaOptions options, Progress progress) {
    this.space = space;
    this.layout = layout;
    this.options = options;
    this.progress = progress;
  }

  /**
   * A part of the target or of a plain text, and what it was aligned with.
   *
   * @param member the number of the member whose plain text it is; -1 for a part of the target
   */
  record Stretch(long start, long end, int member, List<Alignment> alignments) {
    long length() {
      return end - start;
    }
  }

  static Sameness equalBlocks(BlockSource source, BlockSource target, DeltaOptions options)
      throws IOException {
    long from = ByteSpace.base(Area.SOURCE.ordinal());
    long to = ByteSpace.base(Area.TARGET.ordinal());
    return BlockIndex.of(source, options.memory().bytes()).compare(target, from, to);
  }

  /**
   * Aligns the whole target.
   *
   * @param copies the blocks known to be the same, none of them within an opened member
   * @return for each stretch of the layout its alignments, in its order
   */
  List<Stretch> align(List<Alignment> copies) throws IOException {
    List<Range> ranges = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    List<Layout.Stretch> stretches = layout.stretches();
    int next = 0;
    List<List<Alignment>> found = new ArrayList<>();
    for (int i = 0; i < stretches.size(); i++) {
      Layout.Stretch stretch = stretches.get(i);
      var own = new ArrayList<Alignment>();
      long at = stretch.start();
      long before = Matching.NONE;
      while (stretch.member() < 0
          && next < copies.size()
          && copies.get(next).newOffset() < stretch.end()) {
        Alignment copy = copies.get(next++);
        addRanges(stretch, at, copy.newOffset(), before, copy.shift(), ranges, owners, i);
        own.add(copy);
        at = copy.newEnd();
        before = copy.shift();
      }
      addRanges(stretch, at, stretch.end(), before, Matching.NONE, ranges, owners, i);
      found.add(own);
    }
    Matching matching =
        Matching.over(
            space,
            AREAS,
            sampled(copies, ranges),
            options.memory().bytes(),
            options.profile().thoroughness());
    List<List<Alignment>> matched = align(matching, ranges);
    for (int i = 0; i < matched.size(); i++) {
      found.get(owners.get(i)).addAll(matched.get(i));
    }
    List<Stretch> aligned = new ArrayList<>();
    for (int i = 0; i < stretches.size(); i++) {
      List<Alignment> own = found.get(i);
      own.sort(Comparator.comparingLong(Alignment::newOffset));
      Layout.Stretch stretch = stretches.get(i);
      aligned.add(new Stretch(stretch.start(), stretch.end(), stretch.member(), own));
    }
    return aligned;
  }

  private List<List<Alignment>> align(Matching matching, List<Range> ranges) {
    long total = ranges.stream().mapToLong(range -> range.end() - range.start()).sum();
    try (Task task = progress.start("searching the old image for what is new", total)) {
      Iterator<Range> next = ranges.iterator(); // they are executed in their order, one by one
      Executor telling =
          work -> {
            Range range = next.next();
            options
                .executor()
                .execute(
                    () -> {
                      work.run();
                      task.advance(range.end() - range.start());
                    });
          };
      return matching.align(ranges, telling);
    }
  }

  private void addRanges(
      Layout.Stretch stretch,
      long start,
      long end,
      long before,
      long after,
      List<Range> ranges,
      List<Integer> owners,
      int owner) {
    for (long at = start; at < end; ) {
      at += space.zeros(at, end - at) & -BlockIndex.BLOCK;
      if (at == end) {
        break;
      }
      long until = Math.min(end, at + PIECE);
      ranges.add(
          new Range(
              at,
              until,
              at == start ? before : Matching.NONE,
              until == end ? after : Matching.NONE,
              layout.usable(stretch, at)));
      owners.add(owner);
      at = until;
    }
  }

  /**
   * What changed in the source closely, what stayed from farther off, then what is new: closely
   * too, unless haste is wanted, when only the encoder of the literals looks there closely.
   */
  private List<Sampled> sampled(List<Alignment> copies, List<Range> ranges) {
    var sampled = new ArrayList<Sampled>();
    var used = new ArrayList<>(copies);
    used.sort(Comparator.comparingLong(Alignment::oldOffset));
    long base = ByteSpace.base(Area.SOURCE.ordinal());
    long end = base + space.size(Area.SOURCE.ordinal());
    long at = base;
    for (Alignment copy : used) {
      if (copy.oldOffset() > at) {
        sampled.add(new Sampled(at, copy.oldOffset(), false));
      }
      at = Math.max(at, copy.oldEnd());
    }
    if (at < end) {
      sampled.add(new Sampled(at, end, false));
    }
    int plain = Area.SOURCE_PLAIN.ordinal();
    if (space.size(plain) > 0) {
      sampled.add(
          new Sampled(ByteSpace.base(plain), ByteSpace.base(plain) + space.size(plain), false));
    }
    for (Alignment copy : used) {
      sampled.add(new Sampled(copy.oldOffset(), copy.oldEnd(), true));
    }
    boolean sparse = options.profile() == Profile.FAST;
    for (Range range : ranges) {
      sampled.add(new Sampled(range.start(), range.end(), sparse));
    }
    return sampled;
  }
}
