// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import dev.slipway.boot.GrubEfi;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootPartition;
import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A disk with two slots of the same size for {@code install-peers.sh}: slot A holds a given file
 * system, slot B nothing. It starts no machine.
 */
public final class AbDisk {
  private static final DiskIdentity IDENTITY = DiskIdentity.of("benchmark");

  private AbDisk() {}

  /** Takes the file system and the disk to write. */
  public static void main(String[] args) throws IOException {
    BootMenu menu =
        BootMenu.ab(
            partition(3, DiskLayout.ROOT_A),
            partition(4, DiskLayout.ROOT_B),
            partition(2, DiskLayout.ESP));
    Tree esp = GrubEfi.configuration(menu, menu.freshState(Set.of(Slot.A)));
    try (BlockSource root = BlockSource.file(Path.of(args[0]))) {
      var parts =
          new DiskLayout.Parts(
              "amd64",
              new byte[440],
              Volume.zeros(4096),
              Fat.of(esp, FatOptions.of(Size.mib(8), IDENTITY.fatSerial("esp"))),
              Volume.of(root),
              Optional.of(Size.bytes(root.size())),
              Optional.empty(),
              Ext4.of(Tree.empty(), Ext4Options.readOnly(IDENTITY.fileSystemId("data"), 0)));
      Volume disk = DiskLayout.AB.plan(IDENTITY, parts).build();
      try (BlockSink sink = BlockSink.createFile(Path.of(args[1]), disk.size())) {
        disk.writeTo(sink, Progress.none());
      }
    }
  }

  private static BootPartition partition(int number, String name) {
    return new BootPartition(number, IDENTITY.partitionId(name));
  }
}
