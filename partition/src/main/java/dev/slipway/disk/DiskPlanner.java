// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.disk.ImagePlanException.Problem;
import dev.slipway.gpt.Gpt;
import dev.slipway.gpt.GptEntry;
import dev.slipway.io.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Gives partitions their places, and finds everything that is wrong with a plan before it does. */
final class DiskPlanner {
  private static final Size ALIGNMENT = Size.bytes(Gpt.ALIGNMENT_BYTES);

  /** No disk is larger; keeps sums far from overflow. */
  private static final Size LARGEST = Size.gib(8 << 20);

  private final DiskImage.Builder plan;
  private final List<Problem> problems = new ArrayList<>();

  DiskPlanner(DiskImage.Builder plan) {
    this.plan = plan;
  }

  DiskImage plan() {
    checkDisk();
    checkNamesAndIds();
    plan.plans.forEach(this::checkSize);
    if (!problems.isEmpty()) {
      throw new ImagePlanException(problems);
    }
    List<Size> sizes = plan.plans.stream().map(p -> p.wanted().roundedUpTo(ALIGNMENT)).toList();
    long end = ALIGNMENT.bytes() + sizes.stream().mapToLong(Size::bytes).sum();
    long needed = Size.bytes(end + Gpt.tailBytes(plan.sectorBytes)).roundedUpTo(ALIGNMENT).bytes();
    long diskBytes = plan.size.map(Size::bytes).orElse(needed);
    if (diskBytes < end + Gpt.tailBytes(plan.sectorBytes)) {
      throw new ImagePlanException(
          List.of(
              new Problem(
                  "disk",
                  "the partitions need "
                      + Size.bytes(needed)
                      + ", the disk has "
                      + Size.bytes(diskBytes),
                  "Make the disk larger or its partitions smaller.")));
    }
    return place(sizes, diskBytes);
  }

  private DiskImage place(List<Size> sizes, long diskBytes) {
    int sector = plan.sectorBytes;
    var entries = new ArrayList<GptEntry>();
    var partitions = new ArrayList<DiskPartition>();
    long offset = ALIGNMENT.bytes();
    for (int i = 0; i < sizes.size(); i++) {
      PartitionPlan wanted = plan.plans.get(i);
      long size = sizes.get(i).bytes();
      GptEntry entry =
          new GptEntry(
              i + 1,
              wanted.type(),
              id(wanted),
              offset / sector,
              (offset + size) / sector - 1,
              wanted.attributes(),
              wanted.name());
      entries.add(entry);
      partitions.add(new DiskPartition(entry, offset, size, wanted.content()));
      offset += size;
    }
    Gpt table = Gpt.of(plan.identity.diskId(), sector, diskBytes / sector, entries);
    return new DiskImage(table, partitions, plan.bootCode, plan.identity.diskSignature());
  }

  private UUID id(PartitionPlan partition) {
    return partition.id().orElseGet(() -> plan.identity.partitionId(partition.name()));
  }

  private void checkDisk() {
    if (plan.sectorBytes != 512 && plan.sectorBytes != 4096) {
      problem("disk", "sectors of " + plan.sectorBytes + " bytes", "Use 512 or 4096.");
      return;
    }
    if (plan.bootCode.length != Gpt.BOOT_CODE_BYTES) {
      problem(
          "disk",
          "the boot code has " + plan.bootCode.length + " bytes",
          "Give exactly " + Gpt.BOOT_CODE_BYTES + ".");
    }
    plan.size
        .filter(size -> size.bytes() % plan.sectorBytes != 0 || size.compareTo(LARGEST) > 0)
        .ifPresent(
            size ->
                problem(
                    "disk",
                    "a size of " + size.bytes() + " bytes",
                    "Give a multiple of " + plan.sectorBytes + " up to " + LARGEST + "."));
    if (plan.plans.size() > Gpt.ENTRY_COUNT) {
      problem(
          "disk",
          plan.plans.size() + " partitions",
          "A table has room for " + Gpt.ENTRY_COUNT + ".");
    }
  }

  private void checkNamesAndIds() {
    Map<UUID, String> ids = new HashMap<>();
    Map<String, Boolean> names = new HashMap<>();
    for (PartitionPlan partition : plan.plans) {
      try {
        GptEntry.requireName(partition.name());
      } catch (IllegalArgumentException e) {
        problem(where(partition), e.getMessage(), "Choose another name.");
      }
      if (partition.name().isEmpty()) {
        problem("a partition", "it has no name", "Give each a name.");
      } else if (names.put(partition.name(), true) != null) {
        problem(where(partition), "the name stands twice", "Give each a name of its own.");
      } else {
        String other = ids.put(id(partition), partition.name());
        if (other != null) {
          problem(
              where(partition),
              "it has the id " + id(partition) + " of partition \"" + other + "\"",
              "Give each an id of its own.");
        }
      }
    }
  }

  private void checkSize(PartitionPlan partition) {
    Size content = Size.bytes(partition.content().size());
    if (content.compareTo(LARGEST) > 0
        || partition.slack().compareTo(LARGEST) > 0
        || partition.wanted().compareTo(LARGEST) > 0) {
      problem(where(partition), "it is larger than " + LARGEST, "Make it smaller.");
      return;
    }
    Size wanted = partition.wanted();
    if (wanted.bytes() == 0) {
      problem(where(partition), "it has no size", "Give it a size or a content.");
    } else if (content.compareTo(wanted.roundedUpTo(ALIGNMENT)) > 0) {
      problem(
          where(partition),
          "its content needs " + content + ", the partition holds " + wanted,
          "Make the partition larger or its content smaller.");
    }
  }

  private static String where(PartitionPlan partition) {
    return "partition \"" + partition.name() + "\"";
  }

  private void problem(String where, String what, String advice) {
    problems.add(new Problem(where, what, advice));
  }
}
