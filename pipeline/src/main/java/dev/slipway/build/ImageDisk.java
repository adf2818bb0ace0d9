// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.Platform;
import dev.slipway.boot.GrubBios;
import dev.slipway.boot.GrubEfi;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootPartition;
import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.fs.fat.FatType;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.spec.DiskSettings;
import dev.slipway.spec.DiskSettings.Layout;
import dev.slipway.spec.ImageSpec;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The disk of an image: the arranged tree in a slot, what starts it, and an empty data partition.
 * All ids come from the image's name, so they are the same from release to release, and an update
 * can be written into a slot of an older one.
 *
 * @param tools the unpacked build-only packages: boot loaders
 */
record ImageDisk(ImageSpec spec, Platform platform, Tree tools, long timeSeconds, CoreCache cores) {
  /**
   * Where a core image for a prefix and a script is kept, because packing one takes longer than
   * writing it.
   */
  interface CoreCache {
    /** The boot code's 440 bytes, followed by the core image. */
    byte[] get(String prefix, String script, Steps.Maker<byte[]> maker) throws IOException;
  }

  /** A slot holds half as much again as its first system, in steps, so that later releases fit. */
  private static final Size SLOT_STEP = Size.mib(64);

  private static final Size CORE_SECTOR = Size.bytes(512);

  /**
   * @param disk the plan
   * @param usedBytes what the root file system takes of its slot
   */
  record Planned(DiskImage disk, long usedBytes) {}

  /**
   * @param kernel the version of the kernel that {@code root} has in {@code /boot}
   */
  Planned plan(Tree root, String kernel, Optional<Tree> recovery) throws IOException {
    DiskSettings settings = spec.disk();
    DiskIdentity identity = DiskIdentity.of(spec.name());
    if (settings.layout() == Layout.OSTREE) {
      return ostree(root, kernel, identity);
    }
    Ext4Options options =
        Ext4Options.readOnly(identity.fileSystemId(DiskLayout.ROOT_A), timeSeconds);
    Volume fitted = Ext4.of(root, options);
    Size slot =
        settings.slot().orElseGet(() -> Size.bytes(fitted.size() / 2 * 3).roundedUpTo(SLOT_STEP));
    if (fitted.size() > slot.bytes()) {
      throw new BuildException(
          "slot: the tree needs "
              + Size.bytes(fitted.size())
              + ", the slot holds "
              + slot
              + ". Make sizes.slot larger or remove packages");
    }

    BootMenu menu = menu(settings, identity);
    Volume data =
        Ext4.of(
            Tree.of(
                t ->
                    t.put(
                        TreePath.ROOT,
                        new Directory(Metadata.mode(0755).withMtime(timeSeconds, 0)))),
            Ext4Options.writable(
                    identity.fileSystemId(DiskLayout.DATA), timeSeconds, settings.data())
                .withLabel("data"));
    Optional<Volume> recoveryVolume =
        recovery.map(
            tree ->
                Ext4.of(
                    tree,
                    Ext4Options.readOnly(
                        identity.fileSystemId(DiskLayout.RECOVERY_NAME), timeSeconds)));
    DiskLayout.Parts parts = parts(menu, identity, fitted, Optional.of(slot), recoveryVolume, data);
    return new Planned(layout(settings.layout()).plan(identity, parts).build(), fitted.size());
  }

  /** One file system with room for what is deployed later and for data; it grows to the disk. */
  private Planned ostree(Tree system, String kernel, DiskIdentity identity) throws IOException {
    BootMenu menu = menu(spec.disk(), identity);
    Tree root = new OstreeRoot(spec, timeSeconds).of(system, kernel, menu.deploymentCommandLine());
    UUID id = identity.fileSystemId(DiskLayout.ROOT);
    long used = Ext4.of(root, Ext4Options.readOnly(id, timeSeconds)).size();
    Size room = spec.disk().slot().orElseGet(() -> Size.bytes(used / 2 * 3));
    Size size = Size.bytes(room.bytes() + spec.disk().data().bytes()).roundedUpTo(SLOT_STEP);
    if (used > room.bytes()) {
      throw new BuildException(
          "slot: the deployment needs "
              + Size.bytes(used)
              + ", sizes.slot says "
              + room
              + ". Make it larger or remove packages");
    }
    Volume file = Ext4.of(root, Ext4Options.writable(id, timeSeconds, size).withLabel("root"));
    DiskLayout.Parts parts =
        parts(menu, identity, file, Optional.empty(), Optional.empty(), Volume.zeros(0));
    return new Planned(DiskLayout.OSTREE.plan(identity, parts).build(), used);
  }

  private DiskLayout.Parts parts(
      BootMenu menu,
      DiskIdentity identity,
      Volume root,
      Optional<Size> slot,
      Optional<Volume> recovery,
      Volume data)
      throws IOException {
    byte[] bootCode = new byte[GrubBios.BOOT_CODE_BYTES];
    Volume core = Volume.zeros(DiskLayout.BIOS_SIZE.bytes());
    if (platform.grubBiosPackage().isPresent()) {
      byte[] both = core(menu);
      bootCode = Arrays.copyOf(both, GrubBios.BOOT_CODE_BYTES);
      core =
          Volume.of(
              BlockSource.bytes(Arrays.copyOfRange(both, GrubBios.BOOT_CODE_BYTES, both.length)));
    }
    Tree esp = GrubEfi.of(tools).esp(menu, menu.freshState(Set.of(Slot.A)));
    Volume efi =
        Fat.of(
            esp.mapped(
                (path, inode) -> inode.withMetadata(inode.metadata().withMtime(timeSeconds, 0))),
            FatOptions.of(spec.disk().esp(), identity.fatSerial(DiskLayout.ESP))
                .withType(FatType.FAT32)
                .withLabel("ESP"));
    return new DiskLayout.Parts(
        spec.architecture(), bootCode, core, efi, root, slot, recovery, data);
  }

  /** Packs the core image ahead of time. */
  void cacheCore() throws IOException {
    if (platform.grubBiosPackage().isPresent()) {
      core(menu(spec.disk(), DiskIdentity.of(spec.name())));
    }
  }

  private byte[] core(BootMenu menu) throws IOException {
    String script = menu.grubConfiguration();
    return cores.get(menu.biosPrefix(), script, () -> bios(menu.biosPrefix(), script));
  }

  private byte[] bios(String prefix, String script) throws IOException {
    long coreLba = DiskLayout.BIOS_OFFSET.bytes() / CORE_SECTOR.bytes();
    GrubBios bios = GrubBios.of(tools, prefix, script);
    byte[] core = bios.core(coreLba);
    byte[] both = Arrays.copyOf(bios.bootCode(coreLba), GrubBios.BOOT_CODE_BYTES + core.length);
    System.arraycopy(core, 0, both, GrubBios.BOOT_CODE_BYTES, core.length);
    return both;
  }

  static DiskLayout layout(Layout layout) {
    return switch (layout) {
      case AB -> DiskLayout.AB;
      case SINGLE -> DiskLayout.SINGLE;
      case RECOVERY -> DiskLayout.RECOVERY;
      case OSTREE -> DiskLayout.OSTREE;
    };
  }

  private BootMenu menu(DiskSettings settings, DiskIdentity identity) throws IOException {
    int number = 2;
    BootPartition esp = partition(identity, number++, DiskLayout.ESP);
    if (settings.layout() == Layout.OSTREE) {
      return finished(
          BootMenu.deployments(partition(identity, number, DiskLayout.ROOT), esp), settings);
    }
    BootPartition slotA = partition(identity, number++, DiskLayout.ROOT_A);
    BootMenu menu;
    if (settings.layout() == Layout.SINGLE) {
      menu = BootMenu.single(slotA, esp);
    } else {
      menu = BootMenu.ab(slotA, partition(identity, number++, DiskLayout.ROOT_B), esp);
    }
    if (settings.layout() == Layout.RECOVERY) {
      menu = menu.withRecovery(partition(identity, number++, DiskLayout.RECOVERY_NAME));
    }
    return finished(menu.withData(partition(identity, number, DiskLayout.DATA)), settings);
  }

  private BootMenu finished(BootMenu menu, DiskSettings settings) throws IOException {
    return menu.withDirectory(GrubEfi.of(tools).directory())
        .withParameters(KernelCommandLine.parse(settings.kernelCommandLine()))
        .withTimeout(settings.menuSeconds());
  }

  private static BootPartition partition(DiskIdentity identity, int number, String name) {
    return new BootPartition(number, identity.partitionId(name));
  }
}
