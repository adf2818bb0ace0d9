// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.match.ByteSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Adds up what every part of the target is made of. */
final class Ledger {
  /** Parts of the target that belong to no file are told in pieces of this size. */
  private static final long PIECE = 1 << 20;

  private final NavigableMap<Long, Part> parts = new TreeMap<>();
  private final NavigableMap<Long, Part> unnamed = new TreeMap<>();

  /** What became of the bytes of a part. */
  private static final class Part {
    private final String path;
    private final long end;
    private long length;
    private long copied;
    private long predicted;
    private long differing;
    private long fresh;
    private long ops;

    Part(String path, long end) {
      this.path = path;
      this.end = end;
    }
  }

  /** Says that a range of addresses belongs to a file; ranges do not overlap. */
  void name(String path, long address, long length) {
    parts.put(address, new Part(path, address + length));
  }

  private Part at(long address) {
    Map.Entry<Long, Part> named = parts.floorEntry(address);
    if (named != null && address < named.getValue().end) {
      return named.getValue();
    }
    long start = address / PIECE * PIECE;
    long offset = ByteSpace.offset(start);
    return unnamed.computeIfAbsent(
        start, key -> new Part("bytes from " + offset + " to " + (offset + PIECE), start + PIECE));
  }

  void copy(long address, long length) {
    Part part = at(address);
    part.length += length;
    part.copied += length;
    part.ops++;
  }

  void diff(long address, long length, long differing) {
    Part part = at(address);
    part.length += length;
    part.predicted += length;
    part.differing += differing;
    part.ops++;
  }

  void literal(long address, long length) {
    Part part = at(address);
    part.length += length;
    part.fresh += length;
    part.ops++;
  }

  void zeros(long address, long length) {
    Part part = at(address);
    part.length += length;
    part.ops++;
  }

  /**
   * The report.
   *
   * @param deltaBytes the size of the delta
   * @param differenceBytes how many of them are differences
   * @param literalBytes how many of them are literals
   */
  DeltaReport report(long deltaBytes, long differenceBytes, long literalBytes) {
    List<Part> all = new ArrayList<>(parts.values());
    all.addAll(unnamed.values());
    double differing = Math.max(1, all.stream().mapToLong(part -> part.differing).sum());
    double fresh = Math.max(1, all.stream().mapToLong(part -> part.fresh).sum());
    double ops = Math.max(1, all.stream().mapToLong(part -> part.ops).sum());
    long otherBytes = deltaBytes - differenceBytes - literalBytes;
    var entries = new TreeMap<String, DeltaReport.Entry>();
    for (Part part : all) {
      double cost =
          part.differing / differing * differenceBytes
              + part.fresh / fresh * literalBytes
              + part.ops / ops * otherBytes;
      if (part.length > 0) {
        entries.merge(
            part.path,
            new DeltaReport.Entry(
                part.path,
                part.length,
                part.copied,
                part.predicted,
                part.differing,
                part.fresh,
                Math.round(cost)),
            DeltaReport.Entry::plus);
      }
    }
    return new DeltaReport(deltaBytes, List.copyOf(entries.values()));
  }
}
