// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Executables.File;
import dev.slipway.delta.Place.Area;
import dev.slipway.delta.code.CodeContext;
import dev.slipway.delta.code.CodeModel;
import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import dev.slipway.match.Matching;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Pairs the executables of the target with those of the source and aligns each pair anew, as what
 * remains of both when their references are set aside.
 *
 * <p>Which file came from which is seen from the first alignment: it is the one that most bytes
 * were taken from.
 */
final class CodeSearch {
  /** A file of whose bytes fewer than one in so many come from an old one has no pair. */
  private static final int LEAST_SHARE = 8;

  /** A gap that is shorter is not worth an alignment of another file. */
  private static final long GAP_LEAST = 32;

  /** Working on a file takes so many times its size. */
  private static final int MEMORY_FACTOR = 4;

  private final ByteSpace space;
  private final DeltaOptions options;
  private final NavigableMap<Long, File> oldFiles = new TreeMap<>();
  private CodeContext context = CodeContext.NONE;

  CodeSearch(ByteSpace space, DeltaOptions options) {
    this.space = space;
    this.options = options;
  }

  private record Candidate(int stretch, File made, File old, List<Alignment> first) {}

  /** What all pairs have in common, after {@link #pair}. */
  CodeContext context() {
    return context;
  }

  /** No pairs at all, in a list for each stretch. */
  static List<List<CodePair>> none(List<Search.Stretch> stretches) {
    List<List<CodePair>> pairs = new ArrayList<>();
    for (int i = 0; i < stretches.size(); i++) {
      pairs.add(new ArrayList<>());
    }
    return pairs;
  }

  /**
   * Finds the pairs.
   *
   * @return for each stretch its pairs, in order
   */
  List<List<CodePair>> pair(List<Search.Stretch> stretches) throws IOException {
    List<List<CodePair>> pairs = none(stretches);
    files(Area.SOURCE, Executables.IMAGE_ALIGNMENT)
        .forEach(file -> oldFiles.put(file.start(), file));
    files(Area.SOURCE_PLAIN, Executables.PLAIN_ALIGNMENT)
        .forEach(file -> oldFiles.put(file.start(), file));
    List<Candidate> candidates = candidates(stretches);
    CodeContext.Learner learner = CodeContext.learner();
    for (Candidate candidate : candidates) {
      learner.add(source(candidate.old), source(candidate.made));
    }
    context = learner.learned();
    var found = new ArrayList<Aside<CodePair>>();
    for (Candidate candidate : candidates) {
      found.add(Aside.run(options.executor(), () -> model(candidate)));
    }
    for (int i = 0; i < found.size(); i++) {
      CodePair pair = found.get(i).get();
      if (pair != null) {
        pairs.get(candidates.get(i).stretch).add(pair);
      }
    }
    return pairs;
  }

  private List<File> files(Area area, int alignment) throws IOException {
    long largest = options.memory().bytes() / MEMORY_FACTOR;
    return Executables.in(space, area.ordinal(), alignment, largest);
  }

  private BlockSource source(File file) {
    return space.source(file.start(), file.length());
  }

  private List<Candidate> candidates(List<Search.Stretch> stretches) throws IOException {
    NavigableMap<Long, File> madeFiles = new TreeMap<>();
    files(Area.TARGET, Executables.IMAGE_ALIGNMENT)
        .forEach(file -> madeFiles.put(file.start(), file));
    files(Area.TARGET_PLAIN, Executables.PLAIN_ALIGNMENT)
        .forEach(file -> madeFiles.put(file.start(), file));
    var candidates = new ArrayList<Candidate>();
    for (int i = 0; i < stretches.size(); i++) {
      Search.Stretch stretch = stretches.get(i);
      List<Alignment> alignments = stretch.alignments();
      int next = 0;
      for (File made : madeFiles.subMap(stretch.start(), true, stretch.end(), false).values()) {
        if (made.end() > stretch.end()) {
          continue;
        }
        while (next < alignments.size() && alignments.get(next).newEnd() <= made.start()) {
          next++;
        }
        var inside = new ArrayList<Alignment>();
        for (int k = next;
            k < alignments.size() && alignments.get(k).newOffset() < made.end();
            k++) {
          inside.add(clip(alignments.get(k), made.start(), made.end()));
        }
        File old = source(made, inside);
        if (old != null) {
          candidates.add(new Candidate(i, made, old, inside));
        }
      }
    }
    return candidates;
  }

  private static Alignment clip(Alignment alignment, long start, long end) {
    long from = Math.max(start, alignment.newOffset());
    long to = Math.min(end, alignment.newEnd());
    return new Alignment(from, from + alignment.shift(), to - from);
  }

  /** The old file that most comes from; null if there is none, or nothing is left to predict. */
  private File source(File made, List<Alignment> alignments) {
    var shares = new TreeMap<Long, Long>();
    long exact = 0;
    for (Alignment alignment : alignments) {
      exact += space.same(alignment.newOffset(), alignment.oldOffset(), alignment.length());
      Map.Entry<Long, File> file = oldFiles.floorEntry(alignment.oldOffset());
      if (file != null && alignment.oldOffset() < file.getValue().end()) {
        shares.merge(file.getKey(), alignment.length(), Long::sum);
      }
    }
    if (exact == made.length()) {
      return null;
    }
    long most = made.length() / LEAST_SHARE;
    File best = null;
    for (Map.Entry<Long, Long> share : shares.entrySet()) {
      if (share.getValue() > most) {
        most = share.getValue();
        best = oldFiles.get(share.getKey());
      }
    }
    return best;
  }

  private CodePair model(Candidate candidate) throws IOException {
    CodeModel model = CodeModel.of(context);
    byte[] before = bytes(candidate.old);
    byte[] after = bytes(candidate.made);
    model.blankOld(before);
    model.blankNew(after);
    List<Alignment> aligned = alignViews(before, after);
    byte[] side = model.describe(source(candidate.old), source(candidate.made), aligned);
    if (side.length == 0 || side.length > OpReader.SIDE_MAX) {
      return null;
    }
    var all = new ArrayList<Alignment>();
    long at = candidate.made.start();
    int next = 0;
    for (Alignment alignment : aligned) {
      var absolute =
          new Alignment(
              alignment.newOffset() + candidate.made.start(),
              alignment.oldOffset() + candidate.old.start(),
              alignment.length());
      next = fill(candidate, next, at, absolute.newOffset(), all);
      all.add(absolute);
      at = absolute.newEnd();
    }
    fill(candidate, next, at, candidate.made.end(), all);
    var pair = new CodePair(candidate.made, candidate.old, all, side);
    return Pieces.of(space, pair).size() > OpReader.CODE_OPS_MAX ? null : pair;
  }

  /** Fills a gap with what the first alignment found there in other files. */
  private static int fill(
      Candidate candidate, int first, long start, long end, List<Alignment> all) {
    int next = first;
    while (next < candidate.first.size() && candidate.first.get(next).newEnd() <= start) {
      next++;
    }
    for (int i = next; i < candidate.first.size(); i++) {
      Alignment other = candidate.first.get(i);
      if (other.newOffset() >= end) {
        break;
      }
      if (other.newEnd() <= start || start >= end) {
        continue;
      }
      Alignment clipped = clip(other, start, end);
      if (clipped.length() >= GAP_LEAST
          && (clipped.oldEnd() <= candidate.old.start()
              || clipped.oldOffset() >= candidate.old.end())) {
        all.add(clipped);
      }
    }
    return next;
  }

  private byte[] bytes(File file) {
    byte[] bytes = new byte[Math.toIntExact(file.length())];
    space.copy(file.start(), bytes, 0, bytes.length);
    return bytes;
  }

  private List<Alignment> alignViews(byte[] before, byte[] after) throws IOException {
    ByteSpace views = ByteSpace.of(List.of(BlockSource.bytes(before), BlockSource.bytes(after)));
    long newBase = ByteSpace.base(1);
    Matching matching =
        Matching.over(
            views,
            2,
            List.of(new Matching.Sampled(0, before.length, false)),
            options.memory().bytes(),
            options.profile().thoroughness());
    var range =
        new Matching.Range(
            newBase,
            newBase + after.length,
            -newBase,
            Matching.NONE,
            new long[] {before.length, 0});
    return matching.align(List.of(range), Runnable::run).get(0).stream()
        .map(a -> new Alignment(a.newOffset() - newBase, a.oldOffset(), a.length()))
        .toList();
  }
}
