// SPDX-License-Identifier: Apache-2.0
package dev.slipway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The table of modules and packages in {@code docs/architecture.md}, read as people read it.
 *
 * <p>The last column lists packages in backquotes, {@code all of MODULE}, {@code all of MODULE
 * without `package`}, {@code everything above}, {@code JDK}, or nothing.
 *
 * @param mayUse package to the packages it may use, beside itself and the foundation
 */
record LayerTable(Map<String, Set<String>> mayUse) {
  private static final String HEADER = "| module | package |";
  private static final Pattern NAME = Pattern.compile("`([a-z0-9.]+)`");
  private static final Pattern ALL_OF =
      Pattern.compile("all of ([a-z-]+)(?: without `([a-z0-9.]+)`)?");

  private record Row(String module, List<String> packages, String mayUse) {}

  static LayerTable read(Path document) {
    try {
      return of(rows(Files.readAllLines(document)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Row> rows(List<String> lines) {
    int header = 0;
    while (!lines.get(header).startsWith(HEADER)) {
      header++;
    }
    var rows = new ArrayList<Row>();
    String module = "";
    for (String line : lines.subList(header + 2, lines.size())) {
      if (!line.startsWith("|")) {
        break;
      }
      String[] cells = line.split("\\|", -1);
      module = cells[1].isBlank() ? module : cells[1].strip();
      List<String> packages = NAME.matcher(cells[2]).results().map(name -> name.group(1)).toList();
      rows.add(new Row(module, packages, cells[4].strip()));
    }
    return rows;
  }

  private static LayerTable of(List<Row> rows) {
    var table = new TreeMap<String, Set<String>>();
    var above = new TreeSet<String>();
    for (Row row : rows) {
      var allowed = new TreeSet<String>();
      for (String item : row.mayUse().split(",")) {
        allowed.addAll(packages(item.strip(), rows, above));
      }
      row.packages().forEach(name -> table.put(name, Set.copyOf(allowed)));
      above.addAll(row.packages());
    }
    return new LayerTable(table);
  }

  private static Set<String> packages(String item, List<Row> rows, Set<String> above) {
    Matcher name = NAME.matcher(item);
    if (name.matches()) {
      return Set.of(name.group(1));
    }
    Matcher all = ALL_OF.matcher(item);
    if (all.matches()) {
      return rows.stream()
          .filter(row -> row.module().equals(all.group(1)))
          .flatMap(row -> row.packages().stream())
          .filter(each -> !each.equals(all.group(2)))
          .collect(Collectors.toSet());
    }
    return switch (item) {
      case "everything above" -> above;
      case "", "JDK", "anything" -> Set.of();
      default -> throw new IllegalArgumentException("docs/architecture.md says \"" + item + "\"");
    };
  }
}
