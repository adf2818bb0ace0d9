// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import dev.slipway.io.Size;
import java.util.Optional;

/**
 * How the disk is laid out.
 *
 * @param slot the size of a slot; nothing sizes it to what it holds, with room for later releases
 * @param data the data partition in the image; it grows to the disk at the first boot
 * @param esp the EFI system partition
 * @param recovery how the recovery system writes releases; nothing when it does not
 */
public record DiskSettings(
    Layout layout,
    Optional<Size> slot,
    Size data,
    Size esp,
    String kernelCommandLine,
    Initramfs initramfs,
    int menuSeconds,
    Optional<RecoverySettings> recovery) {
  /** Enough for first steps; the partition grows on the machine. */
  public static final Size DATA_DEFAULT = Size.mib(128);

  /**
   * The smallest size at which FAT32 is what everybody expects, with room for boot loaders to grow.
   */
  public static final Size ESP_DEFAULT = Size.mib(64);

  /** Which partitions there are. */
  public enum Layout {
    /** Two slots: one runs, the other is updated. */
    AB,
    /** One slot. */
    SINGLE,
    /** Two slots and a small recovery system. */
    RECOVERY,
    /** One file system that holds an ostree repository and deployments of its commits. */
    OSTREE
  }

  /** The same disk, with a recovery system that writes no releases. */
  public DiskSettings withoutRecovery() {
    return new DiskSettings(
        layout, slot, data, esp, kernelCommandLine, initramfs, menuSeconds, Optional.empty());
  }

  /** Who makes the initramfs. */
  public enum Initramfs {
    /** Slipway's own: small, the same bytes every time. */
    SLIPWAY,
    /** The distribution's. */
    INITRAMFS_TOOLS
  }
}
