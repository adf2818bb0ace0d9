// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

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
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A disk with two slots, larger than the releases in them, which are a megabyte each. */
final class SmallDisk {
  private static final DiskIdentity IDENTITY = DiskIdentity.of("robot");

  private SmallDisk() {}

  /** Half of its bytes are those of every release. */
  static Volume release(String version, long sequence) {
    String text = "compatible=robot\nversion=" + version + "\nsequence=" + sequence + "\n";
    return Ext4.of(
        Tree.of(
            t ->
                t.file("/usr/lib/slipway/release", 0644, Content.utf8(text))
                    .file("/same", 0644, Content.bytes(noise(0)))
                    .file("/own", 0644, Content.bytes(noise(sequence)))),
        Ext4Options.readOnly(IDENTITY.fileSystemId("slot"), 0));
  }

  private static byte[] noise(long seed) {
    byte[] bytes = new byte[1 << 19];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Writes one with a release in slot A. */
  static void write(Path file, String version, long sequence) throws IOException {
    BootMenu menu =
        BootMenu.ab(
            partition(3, DiskLayout.ROOT_A),
            partition(4, DiskLayout.ROOT_B),
            partition(2, DiskLayout.ESP));
    Tree esp = GrubEfi.configuration(menu, menu.freshState(Set.of(Slot.A)));
    var parts =
        new DiskLayout.Parts(
            "amd64",
            new byte[440],
            Volume.zeros(4096),
            Fat.of(esp, FatOptions.of(Size.mib(8), IDENTITY.fatSerial("esp"))),
            release(version, sequence),
            Optional.of(Size.mib(4)),
            Optional.empty(),
            Ext4.of(Tree.empty(), Ext4Options.readOnly(IDENTITY.fileSystemId("data"), 0)));
    Volume disk = DiskLayout.AB.plan(IDENTITY, parts).build();
    try (BlockSink sink = BlockSink.createFile(file, disk.size())) {
      disk.writeTo(sink, Progress.none());
    }
  }

  private static BootPartition partition(int number, String name) {
    return new BootPartition(number, IDENTITY.partitionId(name));
  }
}
