// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.gpt.PartitionType;
import dev.slipway.io.Size;
import java.util.List;
import java.util.Locale;

/**
 * A disk's partition map as an SVG document: a bar from the first byte to the last, wider for
 * larger partitions though not in proportion, because one of a megabyte should be seen beside one
 * of gigabytes. How much of each is data is the darker part at its foot.
 *
 * <p>No scripts, no fonts, no links; colours follow the page's light or dark scheme.
 */
final class LayoutPicture {
  private static final int WIDTH = 960;
  private static final int MARGIN = 16;
  private static final int BAR_TOP = 56;
  private static final int BAR_HEIGHT = 112;
  private static final int SCALE_TOP = BAR_TOP + BAR_HEIGHT;
  private static final int HEIGHT = SCALE_TOP + 40;
  private static final double GAP = 4;
  private static final double WIDTH_MIN = 96;

  private static final String STYLE =
      """
      text{font:13px system-ui,sans-serif;fill:#1d2433}
      .title{font-weight:600;font-size:16px}
      .name{font-weight:600}
      .small{font-size:11px;fill:#5a6478}
      .part{stroke:#5a6478;stroke-width:1}
      .boot{fill:#f6d9a8}.slot{fill:#bcd7f5}.data{fill:#c5e6c3}.other{fill:#dfe2ea}
      .filled{fill:#1d2433;fill-opacity:.16}
      @media(prefers-color-scheme:dark){
      text{fill:#e8ecf4}.small{fill:#a3adc2}.part{stroke:#a3adc2}
      .boot{fill:#6b4e1e}.slot{fill:#234a75}.data{fill:#2b5a2a}.other{fill:#3a4152}
      .filled{fill:#ffffff;fill-opacity:.18}}
      """;

  private final DiskImage image;

  LayoutPicture(DiskImage image) {
    this.image = image;
  }

  String svg() {
    var out = new StringBuilder();
    String title = "Disk of " + Size.bytes(image.size());
    List<DiskPartition> partitions = image.partitions();
    int width = (int) Math.max(WIDTH, 2 * MARGIN + partitions.size() * (WIDTH_MIN + GAP));
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"%s\">\n<style>\n%s</style>\n",
            width,
            HEIGHT,
            escaped(title),
            STYLE));
    text(out, "title", MARGIN, 28, title);
    text(
        out,
        "small",
        MARGIN,
        46,
        "GUID partition table, sectors of "
            + image.table().sectorBytes()
            + " bytes, id "
            + image.table().diskId());
    double[] widths = widths(partitions, width - 2.0 * MARGIN);
    double x = MARGIN;
    for (int i = 0; i < widths.length; i++) {
      partition(out, partitions.get(i), x, widths[i]);
      x += widths[i] + GAP;
    }
    return out.append("</svg>\n").toString();
  }

  /** Each at least so wide that its words fit; what is left goes by the square root of the size. */
  private static double[] widths(List<DiskPartition> partitions, double total) {
    double[] widths = new double[partitions.size()];
    double left = total - widths.length * WIDTH_MIN - (widths.length - 1) * GAP;
    double roots = partitions.stream().mapToDouble(p -> Math.sqrt(p.sizeBytes())).sum();
    for (int i = 0; i < widths.length; i++) {
      widths[i] = WIDTH_MIN + Math.max(0, left) * Math.sqrt(partitions.get(i).sizeBytes()) / roots;
    }
    return widths;
  }

  private static void partition(
      StringBuilder out, DiskPartition partition, double x, double width) {
    double share = (double) partition.content().dataBytes() / partition.sizeBytes();
    double filled = BAR_HEIGHT * Math.min(1, share);
    out.append("<g><title>").append(escaped(tip(partition))).append("</title>");
    rectangle(out, "part " + kind(partition), x, BAR_TOP, width, BAR_HEIGHT);
    rectangle(out, "filled", x, BAR_TOP + BAR_HEIGHT - filled, width, filled);
    text(out, "name", x + 8, BAR_TOP + 22, partition.number() + " " + partition.name());
    text(out, "", x + 8, BAR_TOP + 42, Size.bytes(partition.sizeBytes()).toString());
    text(
        out,
        "small",
        x + 8,
        BAR_TOP + 60,
        partition.content().dataBytes() == 0
            ? "empty"
            : Size.bytes(partition.content().dataBytes()) + " data");
    text(out, "small", x, SCALE_TOP + 18, "at " + Size.bytes(partition.offsetBytes()));
    out.append("</g>\n");
  }

  private static String tip(DiskPartition partition) {
    return partition.name()
        + ": "
        + partition.entry().type().name()
        + ", sectors "
        + partition.entry().firstLba()
        + " to "
        + partition.entry().lastLba()
        + ", id "
        + partition.entry().id();
  }

  private static String kind(DiskPartition partition) {
    PartitionType type = partition.entry().type();
    if (type.equals(PartitionType.BIOS_BOOT) || type.equals(PartitionType.EFI_SYSTEM)) {
      return "boot";
    }
    return type.name().startsWith("Linux root")
        ? "slot"
        : type.equals(PartitionType.LINUX_FILE_SYSTEM) || type.equals(PartitionType.LINUX_VAR)
            ? "data"
            : "other";
  }

  private static void rectangle(
      StringBuilder out, String style, double x, double y, double width, double height) {
    out.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
            style,
            x,
            y,
            width,
            height));
  }

  private static void text(StringBuilder out, String style, double x, double y, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
            style,
            x,
            y,
            escaped(text)));
  }

  private static String escaped(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(c < ' ' ? ' ' : c);
              }
            });
    return out.toString();
  }
}
