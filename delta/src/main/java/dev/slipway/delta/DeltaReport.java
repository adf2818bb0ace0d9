// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.io.Size;
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
 * <p>Lanes are compressed as a whole, so what a part costs is its share of the lane's bytes before
 * compression: exact in sum, fair in the single case.
 *
 * @param deltaBytes the size of the delta
 * @param entries the parts, the dearest first
 */
public record DeltaReport(long deltaBytes, List<Entry> entries) {
  private static final int SHOWN = 40;

  /**
   * A part of the target.
   *
   * @param path the file it belongs to; where that is not known, the part of the image
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
    entries = List.copyOf(sorted);
  }

  /**
   * Reads a delta for what its parts cost. Without the images, parts go by their positions.
   *
   * @param delta the delta, from its start
   * @param name the delta's name in error messages
   */
  public static DeltaReport of(InputStream delta, String name) throws IOException {
    return Explanation.of(delta, name);
  }

  /** The dearest parts as a table. */
  public String text() {
    var out = new StringBuilder();
    out.append("delta of ").append(Size.bytes(deltaBytes)).append('\n');
    for (Entry entry : entries.subList(0, Math.min(SHOWN, entries.size()))) {
      out.append(
          String.format(
              Locale.ROOT,
              "%10s  %5.1f%%  %s: %s%n",
              Size.bytes(entry.cost),
              100.0 * entry.cost / Math.max(1, deltaBytes),
              entry.path,
              entry.reason()));
    }
    if (entries.size() > SHOWN) {
      long rest = entries.subList(SHOWN, entries.size()).stream().mapToLong(Entry::cost).sum();
      out.append(
          String.format(
              Locale.ROOT,
              "%10s  %5.1f%%  %d more%n",
              Size.bytes(rest),
              100.0 * rest / Math.max(1, deltaBytes),
              entries.size() - SHOWN));
    }
    return out.toString();
  }

  /** Everything, for programs. */
  public String json() {
    var out = new StringBuilder();
    out.append("{\n  \"deltaBytes\": ").append(deltaBytes).append(",\n  \"parts\": [");
    String separator = "\n";
    for (Entry entry : entries) {
      out.append(separator)
          .append("    {\"path\": ")
          .append(quoted(entry.path))
          .append(", \"targetBytes\": ")
          .append(entry.targetBytes)
          .append(", \"copied\": ")
          .append(entry.copied)
          .append(", \"predicted\": ")
          .append(entry.predicted)
          .append(", \"differing\": ")
          .append(entry.differing)
          .append(", \"new\": ")
          .append(entry.fresh)
          .append(", \"cost\": ")
          .append(entry.cost)
          .append('}');
      separator = ",\n";
    }
    return out.append("\n  ]\n}\n").toString();
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /** A page that shows the cost as a map; it loads nothing from elsewhere. */
  public String html() {
    return new Treemap(this).page();
  }
}
