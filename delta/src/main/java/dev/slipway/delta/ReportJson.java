// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.DeltaReport.Entry;
import dev.slipway.delta.DeltaReport.Kind;
import java.util.Locale;

/** Writes a report for programs. */
final class ReportJson {
  private final DeltaReport report;
  private final StringBuilder out = new StringBuilder();

  ReportJson(DeltaReport report) {
    this.report = report;
  }

  String text() {
    out.append("{\n  \"deltaBytes\": ").append(report.deltaBytes()).append(",\n  \"kinds\": [");
    String separator = "\n";
    for (Kind kind : report.kinds()) {
      out.append(separator).append("    {\"name\": ");
      quote(kind.name());
      out.append(", \"bytes\": ").append(kind.bytes()).append('}');
      separator = ",\n";
    }
    out.append("\n  ],\n  \"parts\": [");
    separator = "\n";
    for (Entry entry : report.entries()) {
      out.append(separator).append("    {\"path\": ");
      quote(entry.path());
      number("targetBytes", entry.targetBytes());
      number("copied", entry.copied());
      number("predicted", entry.predicted());
      number("differing", entry.differing());
      number("new", entry.fresh());
      number("cost", entry.cost());
      out.append('}');
      separator = ",\n";
    }
    return out.append("\n  ]\n}\n").toString();
  }

  private void number(String name, long value) {
    out.append(", \"").append(name).append("\": ").append(value);
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
