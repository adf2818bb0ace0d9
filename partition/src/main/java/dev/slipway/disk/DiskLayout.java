// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.gpt.GptEntry;
import dev.slipway.gpt.PartitionType;
import dev.slipway.io.Size;
import dev.slipway.volume.Volume;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The disks Slipway makes. Boot loader partitions come first, so that the EFI system partition is
 * number 2 in all of them, and data comes last, so that it can grow to the end of any disk.
 *
 * <pre>
 *   AB         bios  esp  root-a  root-b  data
 *   SINGLE     bios  esp  root-a  data
 *   RECOVERY   bios  esp  root-a  root-b  recovery  data
 *   OSTREE     bios  esp  root
 * </pre>
 *
 * <p>With {@link #OSTREE}, releases and data share one file system, which grows instead.
 */
public enum DiskLayout {
  AB,
  SINGLE,
  RECOVERY,
  OSTREE;

  public static final String BIOS = "bios";
  public static final String ESP = "esp";
  public static final String ROOT = "root";
  public static final String ROOT_A = "root-a";
  public static final String ROOT_B = "root-b";
  public static final String RECOVERY_NAME = "recovery";
  public static final String DATA = "data";

  /** Where the BIOS boot partition starts, which boot code has to know. */
  public static final Size BIOS_OFFSET = Size.mib(1);

  /** The whole BIOS boot partition, for the core image. */
  public static final Size BIOS_SIZE = Size.mib(1);

  /** The recovery partition: a kernel and an initramfs, and as much again for later ones. */
  public static final Size RECOVERY_SIZE = Size.mib(64);

  /**
   * What the partitions hold.
   *
   * @param architecture Debian's name of it, which decides the root partitions' type
   * @param bootCode 440 bytes for the first sector; all zero when nothing boots from it
   * @param biosBoot the core image, at most {@link #BIOS_SIZE}
   * @param root slot A; slot B is empty and as large. With {@link #OSTREE} the one file system
   * @param slotSize nothing makes slots as large as {@code root}
   * @param recovery the recovery system, for {@link #RECOVERY} alone, at most {@link
   *     #RECOVERY_SIZE}
   * @param data what stays over updates; not used with {@link #OSTREE}
   */
  public record Parts(
      String architecture,
      byte[] bootCode,
      Volume biosBoot,
      Volume efiSystem,
      Volume root,
      Optional<Size> slotSize,
      Optional<Volume> recovery,
      Volume data) {
    public Parts {
      Objects.requireNonNull(architecture, "architecture");
      bootCode = bootCode.clone();
      Objects.requireNonNull(biosBoot, "biosBoot");
      Objects.requireNonNull(efiSystem, "efiSystem");
      Objects.requireNonNull(root, "root");
      Objects.requireNonNull(slotSize, "slotSize");
      Objects.requireNonNull(recovery, "recovery");
      Objects.requireNonNull(data, "data");
    }

    @Override
    public byte[] bootCode() {
      return bootCode.clone();
    }
  }

  /** The names of its partitions in their order. */
  public List<String> partitionNames() {
    return switch (this) {
      case AB -> List.of(BIOS, ESP, ROOT_A, ROOT_B, DATA);
      case SINGLE -> List.of(BIOS, ESP, ROOT_A, DATA);
      case RECOVERY -> List.of(BIOS, ESP, ROOT_A, ROOT_B, RECOVERY_NAME, DATA);
      case OSTREE -> List.of(BIOS, ESP, ROOT);
    };
  }

  /**
   * A disk of this layout, to be built or added to.
   *
   * @throws IllegalArgumentException when a recovery system is given to a layout without a place
   *     for it, or missing where there is one
   */
  public DiskImage.Builder plan(DiskIdentity identity, Parts parts) {
    if (parts.recovery().isPresent() != (this == RECOVERY)) {
      throw new IllegalArgumentException(
          "the layout "
              + this
              + (this == RECOVERY ? " needs a recovery system" : " has no recovery partition"));
    }
    PartitionType rootType =
        PartitionType.root(parts.architecture()).orElse(PartitionType.LINUX_FILE_SYSTEM);
    DiskImage.Builder disk =
        DiskImage.builder(identity)
            .bootCode(parts.bootCode())
            .partition(
                PartitionPlan.of(BIOS, PartitionType.BIOS_BOOT, parts.biosBoot()).sized(BIOS_SIZE))
            .partition(PartitionPlan.of(ESP, PartitionType.EFI_SYSTEM, parts.efiSystem()));
    if (this == OSTREE) {
      PartitionPlan root = PartitionPlan.of(ROOT, rootType, parts.root());
      return disk.partition(root.withAttributes(GptEntry.NO_AUTO));
    }
    PartitionPlan slotA = slot(ROOT_A, rootType, parts.root(), parts.slotSize());
    disk.partition(slotA);
    if (this != SINGLE) {
      disk.partition(slot(ROOT_B, rootType, Volume.zeros(0), Optional.of(slotA.wanted())));
    }
    parts
        .recovery()
        .ifPresent(
            system ->
                disk.partition(slot(RECOVERY_NAME, rootType, system, Optional.of(RECOVERY_SIZE))));
    return disk.partition(PartitionPlan.of(DATA, PartitionType.LINUX_FILE_SYSTEM, parts.data()));
  }

  /** A slot is never written while it runs, and nobody but our own boot menu chooses it. */
  private static PartitionPlan slot(
      String name, PartitionType type, Volume content, Optional<Size> size) {
    PartitionPlan plan =
        PartitionPlan.of(name, type, content).withAttributes(GptEntry.READ_ONLY | GptEntry.NO_AUTO);
    return size.map(plan::sized).orElse(plan);
  }
}
