// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.DeltaReport.Entry;
import dev.slipway.io.Size;
import java.util.List;
import java.util.Locale;

/**
 * Draws a report as a map of rectangles, each as large as what it stands for costs: new bytes red,
 * differences blue.
 *
 * <p>The rectangle is cut into two halves of about the same cost, along its longer side, and so on.
 */
final class Treemap {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 700;
  private static final int MOST = 2000;
  private static final double LABEL_WIDTH = 60;
  private static final double LABEL_HEIGHT = 14;
  private static final double LETTER_WIDTH = 6.5;

  private final DeltaReport report;
  private final StringBuilder out = new StringBuilder();

  Treemap(DeltaReport report) {
    this.report = report;
  }

  String page() {
    String title = "What a delta of " + Size.bytes(report.deltaBytes()) + " is made of";
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>")
        .append(title)
        .append("</title>\n<style>body{font:14px sans-serif;margin:1em}")
        .append("text{font:11px sans-serif;fill:#fff;pointer-events:none}")
        .append("rect{stroke:#fff}pre{font-size:12px}</style>\n<h1>")
        .append(title)
        .append("</h1>\n<p>Red is new, blue differs in places from what was there. ")
        .append("Point at a part to read more.</p>\n")
        .append(format("<svg viewBox=\"0 0 %d %d\" width=\"100%%\">\n", WIDTH, HEIGHT));
    List<Entry> shown =
        report.entries().stream().filter(entry -> entry.cost() > 0).limit(MOST).toList();
    draw(shown, 0, 0, WIDTH, HEIGHT);
    out.append("</svg>\n<pre>").append(escaped(report.text())).append("</pre>\n</html>\n");
    return out.toString();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private void draw(List<Entry> entries, double x, double y, double width, double height) {
    if (entries.isEmpty()) {
      return;
    }
    if (entries.size() == 1) {
      cell(entries.get(0), x, y, width, height);
      return;
    }
    long total = entries.stream().mapToLong(Entry::cost).sum();
    long first = 0;
    int cut = 0;
    while (cut < entries.size() - 1 && (cut == 0 || 2 * first < total)) {
      first += entries.get(cut++).cost();
    }
    double share = (double) first / total;
    List<Entry> one = entries.subList(0, cut);
    List<Entry> other = entries.subList(cut, entries.size());
    if (width > height) {
      draw(one, x, y, width * share, height);
      draw(other, x + width * share, y, width * (1 - share), height);
    } else {
      draw(one, x, y, width, height * share);
      draw(other, x, y + height * share, width, height * (1 - share));
    }
  }

  private void cell(Entry entry, double x, double y, double width, double height) {
    boolean isNew = entry.fresh() > entry.differing();
    out.append(
        format(
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>",
            x, y, width, height, isNew ? "#b3423a" : "#3a66b3"));
    out.append(escaped(entry.path() + ": " + Size.bytes(entry.cost()) + "; " + entry.reason()))
        .append("</title></rect>\n");
    if (width > LABEL_WIDTH && height > LABEL_HEIGHT) {
      int letters = (int) (width / LETTER_WIDTH);
      String name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
      out.append(format("<text x=\"%.1f\" y=\"%.1f\">", x + 3, y + 11))
          .append(escaped(name.length() > letters ? name.substring(0, letters) : name))
          .append("</text>\n");
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
