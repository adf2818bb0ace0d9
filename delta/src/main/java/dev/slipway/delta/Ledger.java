// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.DeltaReport.Entry;
import dev.slipway.volume.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Adds up what every part of the target is made of. */
final class Ledger {
  /** Parts of the target that belong to no file are told in pieces, of this size or larger. */
  private static final long PIECE = 1 << 20;

  private static final long PIECES_MOST = 1 << 12;

  private final NavigableMap<Long, Part> files = new TreeMap<>();
  private final NavigableMap<Long, Part> unnamed = new TreeMap<>();
  private final List<Part> members = new ArrayList<>();
  private final long piece;

  /** The part that was counted last: most often the next bytes belong to it, too. */
  private Part current = new Part("", 0, 0);

  /** The opened member whose plain text is being counted; null in the target itself. */
  private Part member;

  /** A part of the target, and what became of its bytes. */
  private static final class Part {
    private final String path;
    private final long start;
    private final long end;
    private long length;
    private long copied;
    private long predicted;
    private long differing;
    private long fresh;
    private long sides;
    private long ops;

    Part(String path, long start, long end) {
      this.path = path;
      this.start = start;
      this.end = end;
    }

    boolean holds(long offset) {
      return start <= offset && offset < end;
    }
  }

  /** Counts so many bytes in a part. */
  @FunctionalInterface
  private interface Count {
    void add(Part part, long length);
  }

  /**
   * An empty ledger.
   *
   * @param extents the files of the target, as far as they are known; they do not overlap
   */
  Ledger(long targetBytes, List<Extent> extents) {
    long size = PIECE;
    while (targetBytes / size > PIECES_MOST) {
      size *= 2;
    }
    piece = size;
    for (Extent extent : extents) {
      long start = extent.offset();
      files.put(start, new Part(extent.path(), start, start + extent.length()));
    }
  }

  /** The file that an offset of the target lies in, or what stands for it. */
  String path(long offset) {
    return at(offset).path;
  }

  private Part at(long offset) {
    if (!current.holds(offset)) {
      Map.Entry<Long, Part> file = files.floorEntry(offset);
      current =
          file != null && file.getValue().holds(offset) ? file.getValue() : unnamed(offset, file);
    }
    return current;
  }

  /** The piece around an offset that belongs to no file, as far as no file begins or ends in it. */
  private Part unnamed(long offset, Map.Entry<Long, Part> before) {
    long first = offset / piece * piece;
    long start = before == null ? first : Math.max(first, before.getValue().end);
    Long after = files.higherKey(offset);
    long end = after == null ? first + piece : Math.min(first + piece, after);
    return unnamed.computeIfAbsent(
        start, key -> new Part("bytes from " + first + " to " + (first + piece), start, end));
  }

  private void count(long offset, long length, Count count) {
    if (member != null) {
      count.add(member, length);
      return;
    }
    for (long done = 0; done < length; ) {
      Part part = at(offset + done);
      long here = Math.min(length - done, part.end - offset - done);
      count.add(part, here);
      done += here;
    }
  }

  /** What is counted from now on is the plain text of a member, until {@link #leave}. */
  void enter(String path) {
    member = new Part(path, 0, 0);
    members.add(member);
  }

  void leave() {
    member = null;
  }

  void op(long offset) {
    count(offset, 1, (part, one) -> part.ops++);
  }

  /** Counts what stands in the sides for an op. */
  void side(long offset, long sideLength) {
    count(offset, 1, (part, one) -> part.sides += sideLength);
  }

  void copy(long offset, long length) {
    count(
        offset,
        length,
        (part, here) -> {
          part.length += here;
          part.copied += here;
        });
  }

  void diff(long offset, long length) {
    count(
        offset,
        length,
        (part, here) -> {
          part.length += here;
          part.predicted += here;
        });
  }

  /** Counts bytes that are not as predicted, of those that {@link #diff} counts. */
  void differing(long offset, long count) {
    count(offset, count, (part, here) -> part.differing += here);
  }

  void literal(long offset, long length) {
    count(
        offset,
        length,
        (part, here) -> {
          part.length += here;
          part.fresh += here;
        });
  }

  void zeros(long offset, long length) {
    count(offset, length, (part, here) -> part.length += here);
  }

  /**
   * The parts and what each costs: its share of what the lanes take.
   *
   * @param compressed how many bytes of the delta each lane takes
   */
  List<Entry> entries(long[] compressed) {
    var all = new ArrayList<>(files.values());
    all.addAll(unnamed.values());
    all.addAll(members);
    double differences =
        share(compressed, all.stream().mapToLong(part -> part.differing).sum(), Lanes.DIFFERENCES);
    double literals =
        share(compressed, all.stream().mapToLong(part -> part.fresh).sum(), Lanes.LITERALS);
    double sides = share(compressed, all.stream().mapToLong(part -> part.sides).sum(), Lanes.SIDES);
    double ops =
        share(
            compressed,
            all.stream().mapToLong(part -> part.ops).sum(),
            Lanes.OPS,
            Lanes.LENGTHS,
            Lanes.PLACES);
    var entries = new TreeMap<String, Entry>();
    double total = 0;
    for (Part part : all) {
      double before = total;
      total +=
          part.differing * differences
              + part.fresh * literals
              + part.sides * sides
              + part.ops * ops;
      if (part.length + part.sides > 0) {
        entries.merge(
            part.path,
            new Entry(
                part.path,
                part.length,
                part.copied,
                part.predicted,
                part.differing,
                part.fresh,
                Math.round(total) - Math.round(before)), // so that the sum is exact
            Entry::plus);
      }
    }
    return List.copyOf(entries.values());
  }

  /** What one of so many units costs that some lanes are taken up by. */
  private static double share(long[] compressed, long units, Lanes... lanes) {
    long bytes = 0;
    for (Lanes lane : lanes) {
      bytes += compressed[lane.ordinal()];
    }
    return units == 0 ? 0 : (double) bytes / units;
  }
}
