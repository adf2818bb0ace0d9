// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.DeltaReport.Entry;
import dev.slipway.io.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Draws a report as a map of rectangles, each as large as what it stands for costs: directories,
 * and the files within them; new bytes red, differences blue.
 *
 * <p>What shares a rectangle is cut into two halves of about the same cost, along the longer side,
 * and so on.
 */
final class Treemap {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 700;
  private static final int MOST = 2000;
  private static final double LABEL_WIDTH = 60;
  private static final double LABEL_HEIGHT = 14;
  private static final double LETTER_WIDTH = 6.5;

  /** A directory smaller than this is drawn without its name. */
  private static final double TITLED_HEIGHT = 3 * LABEL_HEIGHT;

  private final DeltaReport report;
  private final StringBuilder out = new StringBuilder();

  Treemap(DeltaReport report) {
    this.report = report;
  }

  /** A rectangle of the page. */
  private record Box(double x, double y, double width, double height) {}

  /** A directory, or a part of the target: then it has an entry and nothing within. */
  private static final class Area {
    private final String name;
    private final Entry entry;
    private final Map<String, Area> within = new TreeMap<>();
    private long cost;

    Area(String name, Entry entry) {
      this.name = name;
      this.entry = entry;
    }

    void add(Entry added) {
      cost += added.cost();
      Area at = this;
      String[] names = added.path().split("(?<=[^/])/");
      for (int i = 0; i < names.length - 1; i++) {
        at = at.within.computeIfAbsent(names[i] + "/", name -> new Area(name, null));
        at.cost += added.cost();
      }
      var leaf = new Area(names[names.length - 1], added);
      leaf.cost = added.cost();
      at.within.put(leaf.name, leaf);
    }

    /** A directory with nothing but another in it is not worth a frame of its own. */
    Area unwrapped() {
      if (entry != null || within.size() != 1) {
        return this;
      }
      Area only = within.values().iterator().next();
      var joined = new Area(name + only.name, only.entry);
      joined.cost = only.cost;
      joined.within.putAll(only.within);
      return joined.unwrapped();
    }

    List<Area> dearestFirst() {
      var all = new ArrayList<>(within.values());
      all.sort(Comparator.comparingLong((Area area) -> area.cost).reversed());
      return all;
    }
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
    var all = new Area("", null);
    report.entries().stream().filter(entry -> entry.cost() > 0).limit(MOST).forEach(all::add);
    draw(all.dearestFirst(), new Box(0, 0, WIDTH, HEIGHT));
    out.append("</svg>\n<pre>").append(escaped(report.text())).append("</pre>\n</html>\n");
    return out.toString();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private void draw(List<Area> areas, Box box) {
    if (areas.isEmpty()) {
      return;
    }
    if (areas.size() == 1) {
      draw(areas.get(0).unwrapped(), box);
      return;
    }
    long total = areas.stream().mapToLong(area -> area.cost).sum();
    long first = 0;
    int cut = 0;
    while (cut < areas.size() - 1 && (cut == 0 || 2 * first < total)) {
      first += areas.get(cut++).cost;
    }
    double share = (double) first / total;
    List<Area> one = areas.subList(0, cut);
    List<Area> other = areas.subList(cut, areas.size());
    if (box.width > box.height) {
      double left = box.width * share;
      draw(one, new Box(box.x, box.y, left, box.height));
      draw(other, new Box(box.x + left, box.y, box.width - left, box.height));
    } else {
      double top = box.height * share;
      draw(one, new Box(box.x, box.y, box.width, top));
      draw(other, new Box(box.x, box.y + top, box.width, box.height - top));
    }
  }

  private void draw(Area area, Box box) {
    if (area.entry != null) {
      boolean isNew = area.entry.fresh() > area.entry.differing();
      String words = area.entry.path() + ": " + Size.bytes(area.cost) + "; " + area.entry.reason();
      rectangle(box, isNew ? "#b3423a" : "#3a66b3", words, area.name);
    } else if (box.width > LABEL_WIDTH && box.height > TITLED_HEIGHT) {
      rectangle(box, "#444", area.name + ": " + Size.bytes(area.cost), area.name);
      draw(
          area.dearestFirst(),
          new Box(box.x, box.y + LABEL_HEIGHT, box.width, box.height - LABEL_HEIGHT));
    } else {
      draw(area.dearestFirst(), box);
    }
  }

  private void rectangle(Box box, String colour, String words, String label) {
    out.append(
        format(
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>",
            box.x, box.y, box.width, box.height, colour));
    out.append(escaped(words)).append("</title></rect>\n");
    if (box.width > LABEL_WIDTH && box.height > LABEL_HEIGHT) {
      int letters = (int) (box.width / LETTER_WIDTH);
      out.append(format("<text x=\"%.1f\" y=\"%.1f\">", box.x + 3, box.y + 11))
          .append(escaped(label.length() > letters ? label.substring(0, letters) : label))
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
