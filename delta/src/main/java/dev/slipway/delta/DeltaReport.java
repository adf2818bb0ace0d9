// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a delta costs, and for what: how many of its bytes go into which part of the target, and of
 * which kind they are.
 *
 * <p>Streams are compressed as a whole, so what a part costs is its share of the stream's bytes
 * before compression: exact in sum, fair in the single case.
 *
 * @param deltaBytes the size of the delta
 * @param kinds what they are, in the order in which the format describes them
 * @param entries the parts, the dearest first
 */
public record DeltaReport(long deltaBytes, List<Kind> kinds, List<Entry> entries) {
  private static final int SHOWN = 40;

  /**
   * A kind of data in a delta.
   *
   * @param name what it is for
   * @param bytes how many bytes of the delta it takes
   */
  public record Kind(String name, long bytes) {}

  /**
   * A part of the target.
   *
   * @param path the file it belongs to; where that is not known, the part of the image. The plain
   *     text of a compressed member is a part of its own
   * @param targetBytes how large it is, or how large its plain text is
   * @param copied bytes that are in the source, or earlier in the target, just so
   * @param predicted bytes that differ from the source in single places, or are predicted
   * @param differing how many of those are not as predicted
   * @param fresh bytes that nothing predicts
   * @param cost about how many bytes of the delta it takes
   */
  public record Entry(
      String path,
      long targetBytes,
      long copied,
      long predicted,
      long differing,
      long fresh,
      long cost) {

    /** Two pieces of one file together. */
    Entry plus(Entry other) {
      return new Entry(
          path,
          targetBytes + other.targetBytes,
          copied + other.copied,
          predicted + other.predicted,
          differing + other.differing,
          fresh + other.fresh,
          cost + other.cost);
    }

    /** Why it costs what it does, in words. */
    public String reason() {
      if (targetBytes == 0) {
        return "it makes no bytes of its own";
      }
      if (copied + predicted + fresh == 0) {
        return "it is zeros";
      }
      if (fresh > differing) {
        return percent(fresh, targetBytes) + " of it is new";
      }
      return differing == 0
          ? "it is as it was"
          : percent(differing, targetBytes) + " of its bytes differ from the old ones";
    }

    private static String percent(long part, long whole) {
      return String.format(Locale.ROOT, "%.1f%%", whole == 0 ? 0.0 : 100.0 * part / whole);
    }
  }

  public DeltaReport {
    var sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::cost).reversed().thenComparing(Entry::path));
    kinds = List.copyOf(kinds);
    entries = List.copyOf(sorted);
  }

  /**
   * Reads a delta for what its parts cost. Without the target, parts go by their positions.
   *
   * @param delta the delta, from its start; it stays open
   * @param name the delta's name in error messages
   * @throws IOException also when the delta's dictionaries are too large for this JVM
   */
  public static DeltaReport of(InputStream delta, String name) throws IOException {
    return Explanation.of(DeltaHeader.read(delta, name), delta, name, List.of());
  }

  /**
   * Reads a delta for what its parts cost, and names them by the files of the target.
   *
   * @param target what the delta makes; it is read once, to be sure of that
   * @throws FormatException when the delta makes something else
   */
  public static DeltaReport of(InputStream delta, String name, Volume target) throws IOException {
    DeltaHeader header = DeltaHeader.read(delta, name);
    try (BlockSource bytes = target.open()) {
      if (bytes.size() != header.targetBytes()
          || !Digest.of(bytes.stream(0, bytes.size())).equals(header.targetDigest())) {
        throw new FormatException(
            name
                + ": makes another image than the one given, one of "
                + header.targetBytes()
                + " bytes with the SHA-256 "
                + header.targetDigest());
      }
    }
    return Explanation.of(header, delta, name, target.extents());
  }

  /** The kinds, and the dearest parts, as two tables. */
  public String text() {
    var out = new StringBuilder();
    out.append("delta of ").append(Size.bytes(deltaBytes)).append('\n');
    for (Kind kind : kinds) {
      row(out, kind.bytes, kind.name);
    }
    out.append("for\n");
    for (Entry entry : entries.subList(0, Math.min(SHOWN, entries.size()))) {
      row(out, entry.cost, entry.path + ": " + entry.reason());
    }
    if (entries.size() > SHOWN) {
      List<Entry> rest = entries.subList(SHOWN, entries.size());
      row(out, rest.stream().mapToLong(Entry::cost).sum(), rest.size() + " more");
    }
    return out.toString();
  }

  private void row(StringBuilder out, long bytes, String what) {
    double percent = 100.0 * bytes / Math.max(1, deltaBytes);
    out.append(String.format(Locale.ROOT, "%10s  %5.1f%%  %s\n", Size.bytes(bytes), percent, what));
  }

  /** Everything, for programs. */
  public String json() {
    return new ReportJson(this).text();
  }

  /** A page that shows the cost as a map; it loads nothing from elsewhere. */
  public String html() {
    return new Treemap(this).page();
  }
}
