// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.io.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A disk's partition map in words. */
final class LayoutText {
  private static final String[] HEADINGS = {
    "#", "name", "type", "first sector", "sectors", "size", "data", "id"
  };
  private static final String LEFT_ALIGNED = "name type id";

  private final DiskImage image;

  LayoutText(DiskImage image) {
    this.image = image;
  }

  String text() {
    List<String[]> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (DiskPartition partition : image.partitions()) {
      rows.add(
          new String[] {
            Integer.toString(partition.number()),
            partition.name(),
            partition.entry().type().name(),
            Long.toString(partition.entry().firstLba()),
            Long.toString(partition.entry().sectorCount()),
            Size.bytes(partition.sizeBytes()).toString(),
            partition.content().dataBytes() == 0
                ? "empty"
                : Size.bytes(partition.content().dataBytes()).toString(),
            partition.entry().id().toString()
          });
    }
    return String.format(
            Locale.ROOT,
            "disk %s: GPT, %s (%d bytes) in sectors of %d bytes, %s of it data\n",
            image.table().diskId(),
            Size.bytes(image.size()),
            image.size(),
            image.table().sectorBytes(),
            Size.bytes(image.dataBytes()))
        + table(rows);
  }

  private static String table(List<String[]> rows) {
    int[] widths = new int[HEADINGS.length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    var out = new StringBuilder();
    for (String[] row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        boolean left = LEFT_ALIGNED.contains(HEADINGS[i]);
        line.append("  ").append(left ? row[i] + padding : padding + row[i]);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
