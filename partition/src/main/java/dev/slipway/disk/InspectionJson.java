// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** An inspection for programs. Fields are always there; what is unknown is null. */
final class InspectionJson {
  private final DiskInspection disk;
  private final StringBuilder out = new StringBuilder();
  private int depth;

  InspectionJson(DiskInspection disk) {
    this.disk = disk;
  }

  String json() {
    open("{");
    field("source", disk.source());
    field("sizeBytes", disk.sizeBytes());
    field("tableKind", disk.tableKind());
    field("sectorBytes", disk.sectorBytes());
    field("diskId", disk.diskId());
    field("layout", disk.layout().map(Enum::name).orElse(null));
    name("partitions");
    open("[");
    disk.partitions().forEach(this::partition);
    close("]");
    strings("complaints", disk.complaints());
    close("}");
    return out.append('\n').toString();
  }

  private void partition(InspectedPartition partition) {
    open("{");
    field("number", partition.number());
    field("name", partition.name());
    field("typeName", partition.typeName());
    field("type", partition.type());
    field("id", partition.id());
    field("offsetBytes", partition.offsetBytes());
    field("sizeBytes", partition.sizeBytes());
    field("attributes", String.format(Locale.ROOT, "0x%016x", partition.attributes()));
    name("empty");
    out.append(partition.empty());
    name("fileSystem");
    partition.fileSystem().ifPresentOrElse(this::fileSystem, this::nothing);
    name("system");
    partition.system().ifPresentOrElse(this::system, this::nothing);
    name("environment");
    partition.environment().ifPresentOrElse(this::environment, this::nothing);
    strings("complaints", partition.complaints());
    close("}");
  }

  private void fileSystem(FileSystemInfo info) {
    open("{");
    field("kind", info.kind());
    field("label", info.label());
    field("id", info.id());
    field("sizeBytes", info.sizeBytes());
    field("usedBytes", info.usedBytes());
    close("}");
  }

  private void system(InstalledSystem system) {
    open("{");
    field("title", system.title());
    texts("osRelease", system.osRelease());
    strings("kernels", system.kernels());
    name("packages");
    open("[");
    for (InstalledSystem.InstalledPackage found : system.packages()) {
      open("{");
      field("name", found.name());
      field("version", found.version());
      field("architecture", found.architecture());
      close("}");
    }
    close("]");
    close("}");
  }

  private void environment(BootEnvironment environment) {
    open("{");
    field("path", environment.path());
    field("offsetBytes", environment.offsetBytes());
    texts("variables", environment.variables());
    close("}");
  }

  private void texts(String name, Map<String, String> texts) {
    name(name);
    open("{");
    texts.forEach(this::field);
    close("}");
  }

  private void strings(String name, List<String> values) {
    name(name);
    open("[");
    for (String value : values) {
      separate();
      quoted(value);
    }
    close("]");
  }

  private void field(String name, String value) {
    name(name);
    if (value == null) {
      nothing();
    } else {
      quoted(value);
    }
  }

  private void field(String name, long value) {
    name(name);
    out.append(value);
  }

  private void field(String name, OptionalLong value) {
    if (value.isPresent()) {
      field(name, value.getAsLong());
    } else {
      field(name, (String) null);
    }
  }

  private void nothing() {
    out.append("null");
  }

  private void name(String name) {
    separate();
    quoted(name);
    out.append(": ");
  }

  /** Starts a line for the next element, behind a comma unless it is the first. */
  private void separate() {
    if (out.length() == 0 || out.charAt(out.length() - 1) == ' ') {
      return;
    }
    char last = out.charAt(out.length() - 1);
    if (last != '{' && last != '[') {
      out.append(',');
    }
    out.append('\n').append("  ".repeat(depth));
  }

  private void open(String bracket) {
    separate();
    out.append(bracket);
    depth++;
  }

  private void close(String bracket) {
    depth--;
    char last = out.charAt(out.length() - 1);
    if (last != '{' && last != '[') {
      out.append('\n').append("  ".repeat(depth));
    }
    out.append(bracket);
  }

  private void quoted(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
