// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What an image is made of, ours or foreign: its partition map, the file systems, the systems and
 * packages in them, and what its boot menu would choose.
 *
 * <p>Inspecting reads what it needs and never fails because something inside is damaged: that
 * becomes a complaint.
 *
 * @param source the image's name
 * @param tableKind {@code gpt}, {@code mbr}, or {@code none} when the image is one file system or
 *     nothing known
 * @param diskId the table's GUID or signature; empty without a table
 * @param partitions in the order of their numbers; the whole image as number 0 without a table
 * @param complaints what is wrong with the image as a whole, a sentence each
 */
public record DiskInspection(
    String source,
    long sizeBytes,
    String tableKind,
    int sectorBytes,
    String diskId,
    List<InspectedPartition> partitions,
    List<String> complaints) {
  public DiskInspection {
    partitions = List.copyOf(partitions);
    complaints = List.copyOf(complaints);
  }

  /**
   * Looks into an image.
   *
   * @param name the image's name in texts and error messages
   * @throws IOException when the image cannot be read, not for anything that is in it
   */
  public static DiskInspection of(BlockSource source, String name) throws IOException {
    return new Inspector(source, name).inspect();
  }

  /** The first partition with a name. */
  public Optional<InspectedPartition> partition(String name) {
    return partitions.stream().filter(partition -> partition.name().equals(name)).findFirst();
  }

  /** Whether the disk is laid out by one of {@link DiskLayout}. */
  public Optional<DiskLayout> layout() {
    List<String> names = partitions.stream().map(InspectedPartition::name).toList();
    for (DiskLayout layout : DiskLayout.values()) {
      if (layout.partitionNames().equals(names)) {
        return Optional.of(layout);
      }
    }
    return Optional.empty();
  }

  /** For people. */
  public String text() {
    return new InspectionText(this).text();
  }

  /** For programs: one JSON object, its fields in the order of this record's. */
  public String json() {
    return new InspectionJson(this).json();
  }
}
