// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.bootconfig.Slot;
import dev.slipway.gpt.GptEntry;
import dev.slipway.io.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An inspection for people. */
final class InspectionText {
  private final DiskInspection disk;
  private final StringBuilder out = new StringBuilder();

  InspectionText(DiskInspection disk) {
    this.disk = disk;
  }

  String text() {
    line(disk.source() + ": " + Size.bytes(disk.sizeBytes()) + " (" + disk.sizeBytes() + " bytes)");
    line(
        switch (disk.tableKind()) {
          case "gpt" ->
              "GUID partition table, sectors of "
                  + disk.sectorBytes()
                  + " bytes, id "
                  + disk.diskId();
          case "mbr" -> "MBR partition table, signature " + disk.diskId();
          default -> "no partition table";
        });
    disk.layout().ifPresent(layout -> line("Slipway's layout " + layout));
    disk.complaints().forEach(complaint -> line("! " + complaint));
    disk.partitions().forEach(this::partition);
    return out.toString();
  }

  private void partition(InspectedPartition partition) {
    line("");
    String head =
        partition.number() == 0
            ? "whole image"
            : (partition.number() + " " + partition.name()).strip()
                + " ("
                + partition.typeName()
                + ")";
    line(
        head
            + ": "
            + Size.bytes(partition.sizeBytes())
            + " at "
            + Size.bytes(partition.offsetBytes())
            + flags(partition));
    if (!partition.id().isEmpty()) {
      line("  id " + partition.id());
    }
    partition
        .fileSystem()
        .ifPresentOrElse(
            this::fileSystem,
            () -> line(partition.empty() ? "  empty" : "  no file system known to us"));
    partition.environment().ifPresent(this::environment);
    partition.system().ifPresent(this::system);
    partition.complaints().forEach(complaint -> line("  ! " + complaint));
  }

  private static String flags(InspectedPartition partition) {
    var flags = new ArrayList<String>();
    if ((partition.attributes() & GptEntry.REQUIRED) != 0) {
      flags.add("required");
    }
    if ((partition.attributes() & GptEntry.READ_ONLY) != 0) {
      flags.add("read-only");
    }
    if ((partition.attributes() & GptEntry.NO_AUTO) != 0) {
      flags.add("not mounted by itself");
    }
    return flags.isEmpty() ? "" : ", " + String.join(", ", flags);
  }

  private void fileSystem(FileSystemInfo info) {
    var words = new StringBuilder("  ").append(info.kind());
    info.sizeBytes().ifPresent(size -> words.append(" of ").append(Size.bytes(size)));
    info.usedBytes().ifPresent(used -> words.append(", ").append(Size.bytes(used)).append(" used"));
    if (!info.label().isEmpty()) {
      words.append(", label \"").append(info.label()).append('"');
    }
    if (!info.id().isEmpty()) {
      words.append(", id ").append(info.id());
    }
    line(words.toString());
  }

  private void environment(BootEnvironment environment) {
    line(
        "  boot choice in "
            + environment.path()
            + ": "
            + environment.variables().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(", ")));
    for (Slot slot : Slot.values()) {
      String ok = environment.variables().get(slot.okVariable());
      if (ok != null) {
        line(
            "    slot "
                + slot
                + ": "
                + (ok.equals("1") ? "may be booted" : "not to be booted")
                + ", started unconfirmed "
                + environment.variables().getOrDefault(slot.tryVariable(), "0")
                + " times");
      }
    }
  }

  private void system(InstalledSystem system) {
    line("  " + system.title());
    system.image().ifPresent(image -> line("  image " + image));
    if (!system.kernels().isEmpty()) {
      line("  kernel " + String.join(", ", system.kernels()));
    }
    List<InstalledSystem.InstalledPackage> packages = system.packages();
    if (!packages.isEmpty()) {
      line("  " + packages.size() + " packages");
      Map<Boolean, Integer> widths =
          Map.of(
              true, packages.stream().mapToInt(p -> p.name().length()).max().orElse(0),
              false, packages.stream().mapToInt(p -> p.version().length()).max().orElse(0));
      for (InstalledSystem.InstalledPackage found : packages) {
        line(
            "    "
                + padded(found.name(), widths.get(true))
                + "  "
                + padded(found.version(), widths.get(false))
                + "  "
                + found.architecture());
      }
    }
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private void line(String text) {
    out.append(text.stripTrailing()).append('\n');
  }
}
