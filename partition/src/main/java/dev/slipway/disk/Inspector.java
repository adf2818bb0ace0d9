// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.GrubEnvironment;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatVolume;
import dev.slipway.fs.squashfs.Squashfs;
import dev.slipway.gpt.Gpt;
import dev.slipway.gpt.GptEntry;
import dev.slipway.gpt.GptReading;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Extent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Looks into an image, partition by partition. */
final class Inspector {
  private static final Pattern ENVIRONMENT_NAME =
      Pattern.compile("grubenv(\\.[12])?", Pattern.CASE_INSENSITIVE);
  private static final int MBR_SECTOR_BYTES = 512;
  private static final int START_BYTES = 1 << 16;

  private final BlockSource source;
  private final String name;

  Inspector(BlockSource source, String name) {
    this.source = source;
    this.name = name;
  }

  DiskInspection inspect() throws IOException {
    var complaints = new ArrayList<String>();
    try {
      return gpt(Gpt.read(source, name));
    } catch (FormatException e) {
      if (looksLikeGpt()) {
        complaints.add(e.getMessage());
      }
    }
    InspectedPartition whole = part(0, "", "", "", "", 0, source.size(), 0);
    Optional<MbrTable> mbr =
        whole.fileSystem().isPresent() && !whole.fileSystem().get().kind().equals("iso9660")
            ? Optional.empty()
            : MbrTable.read(source, name);
    if (mbr.isPresent() && complaints.isEmpty()) {
      return mbr(mbr.get());
    }
    return new DiskInspection(
        name, source.size(), "none", MBR_SECTOR_BYTES, "", List.of(whole), complaints);
  }

  /** Whether a damaged table is worth mentioning. */
  private boolean looksLikeGpt() throws IOException {
    for (long offset : new long[] {512, 4096, source.size() - 512}) {
      if (offset > 0
          && offset + 8 <= source.size()
          && new String(source.readFully(offset, 8), StandardCharsets.ISO_8859_1)
              .equals("EFI PART")) {
        return true;
      }
    }
    return false;
  }

  private DiskInspection gpt(GptReading reading) throws IOException {
    Gpt table = reading.table();
    var partitions = new ArrayList<InspectedPartition>();
    for (GptEntry entry : table.entries()) {
      partitions.add(
          part(
              entry.number(),
              entry.name(),
              entry.type().name(),
              entry.type().id().toString(),
              entry.id().toString(),
              table.offsetBytes(entry),
              table.sizeBytes(entry),
              entry.attributes()));
    }
    return new DiskInspection(
        name,
        source.size(),
        "gpt",
        table.sectorBytes(),
        table.diskId().toString(),
        partitions,
        reading.complaints());
  }

  private DiskInspection mbr(MbrTable table) throws IOException {
    var partitions = new ArrayList<InspectedPartition>();
    String signature = String.format(Locale.ROOT, "%08x", table.diskSignature());
    for (MbrTable.Entry entry : table.entries()) {
      if (!entry.isExtended()) {
        partitions.add(
            part(
                entry.number(),
                "",
                entry.typeName(),
                entry.typeText(),
                String.format(Locale.ROOT, "%s-%02x", signature, entry.number()),
                entry.firstLba() * MBR_SECTOR_BYTES,
                entry.sectorCount() * MBR_SECTOR_BYTES,
                0));
      }
    }
    return new DiskInspection(
        name, source.size(), "mbr", MBR_SECTOR_BYTES, signature, partitions, table.complaints());
  }

  private InspectedPartition part(
      int number,
      String partName,
      String typeName,
      String type,
      String id,
      long offset,
      long size,
      long attributes)
      throws IOException {
    String words = number == 0 ? name : name + ": partition " + number;
    var inside = new Inside(source.slice(offset, size), words, offset);
    inside.look();
    return new InspectedPartition(
        number,
        partName,
        typeName,
        type,
        id,
        offset,
        size,
        attributes,
        inside.empty,
        inside.fileSystem,
        inside.system,
        inside.environment,
        inside.complaints);
  }

  /** What is found in one partition. */
  private static final class Inside {
    private final BlockSource part;
    private final String name;
    private final long offset;
    private final List<String> complaints = new ArrayList<>();
    private boolean empty;
    private Optional<FileSystemInfo> fileSystem = Optional.empty();
    private Optional<InstalledSystem> system = Optional.empty();
    private Optional<BootEnvironment> environment = Optional.empty();

    Inside(BlockSource part, String name, long offset) {
      this.part = part;
      this.name = name;
      this.offset = offset;
    }

    void look() throws IOException {
      byte[] start = part.readFully(0, (int) Math.min(part.size(), START_BYTES));
      empty = Arrays.equals(start, new byte[start.length]);
      try {
        fileSystem = new FileSystemProbe(part, name).find();
        String kind = fileSystem.map(FileSystemInfo::kind).orElse("");
        if (kind.equals("vfat")) {
          fat(Fat.read(part, name));
        } else if (kind.startsWith("ext")) {
          system = new SystemReader(Ext4.read(part, name)).read();
        } else if (kind.equals("squashfs")) {
          system = new SystemReader(Squashfs.read(part, name)).read();
        }
      } catch (FormatException e) {
        complaints.add(e.getMessage());
      }
    }

    private void fat(FatVolume volume) throws IOException {
      long used = (volume.clusterCount() - volume.freeClusters()) * volume.clusterBytes();
      fileSystem =
          Optional.of(
              new FileSystemInfo(
                  "vfat",
                  volume.label(),
                  volume.serialText(),
                  OptionalLong.of(volume.clusterCount() * volume.clusterBytes()),
                  OptionalLong.of(used)));
      environment = blockThatCounts(volume);
    }

    /** GRUB's only block, or that of a boot store's two which counts. */
    private Optional<BootEnvironment> blockThatCounts(FatVolume volume) throws IOException {
      var blocks = new TreeMap<TreePath, byte[]>();
      for (var entry : volume.tree().entries().entrySet()) {
        if (ENVIRONMENT_NAME.matcher(entry.getKey().name()).matches()
            && entry.getValue() instanceof RegularFile file
            && file.content().sizeBytes() == GrubEnvironment.BYTES) {
          blocks.put(entry.getKey(), file.content().readAll());
        }
      }
      if (blocks.isEmpty()) {
        return Optional.empty();
      }
      var paths = List.copyOf(blocks.keySet());
      TreePath path =
          blocks.size() == BootStore.BLOCKS
              ? paths.get(BootStore.newest(name, List.copyOf(blocks.values())))
              : paths.get(0);
      List<Extent> extents = volume.extentsOf(path.toString());
      return Optional.of(
          new BootEnvironment(
              path.toString(),
              extents.size() == 1 ? offset + extents.get(0).offset() : -1,
              GrubEnvironment.read(name + ": " + path, blocks.get(path)).variables()));
    }
  }
}
