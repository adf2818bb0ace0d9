// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.boot.GrubBios;
import dev.slipway.boot.GrubEfi;
import dev.slipway.boot.InstalledPackages;
import dev.slipway.boot.TinyKernel;
import dev.slipway.bootconfig.BootConsole;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.SampleMenus;
import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A small machine that firmware can start: the real boot loaders, and a kernel that says which. */
final class StartableMachine {
  private static final DiskIdentity IDENTITY = DiskIdentity.of("startable");
  private static final BootMenu MENU = SampleMenus.ab().withConsole(BootConsole.SERIAL);
  private static final long CORE_LBA = DiskLayout.BIOS_OFFSET.bytes() / GrubBios.SECTOR_BYTES;
  private static final Size SLOT = Size.mib(4);

  private StartableMachine() {}

  /** From release 1.0 to 1.1, with a new boot loader of each kind. */
  static UpdatedMachine updated() throws IOException {
    Tree tools = InstalledPackages.bootLoaders();
    String script = MENU.grubConfiguration();
    GrubBios bios = GrubBios.of(tools, MENU.biosPrefix(), script);
    byte[] core = bios.core(CORE_LBA);
    byte[] newCore =
        GrubBios.of(tools, MENU.biosPrefix(), script + "# the new one\n").core(CORE_LBA);
    Tree esp = GrubEfi.of(tools).esp(MENU, MENU.freshState(Set.of(Slot.A)));
    Map<String, Content> programs = programs(esp);
    var newPrograms = new TreeMap<>(programs);
    newPrograms.put("grub.cfg", Content.utf8(script + "# the new one\n"));
    Volume old = release("1.0", 10);
    var disk =
        DiskLayout.AB
            .plan(
                IDENTITY,
                new DiskLayout.Parts(
                    "amd64",
                    bios.bootCode(CORE_LBA),
                    Volume.of(BlockSource.bytes(core)),
                    Fat.of(esp, FatOptions.of(Size.mib(16), IDENTITY.fatSerial("esp"))),
                    old,
                    Optional.of(SLOT),
                    Optional.empty(),
                    Ext4.of(Tree.empty(), Ext4Options.readOnly(IDENTITY.fileSystemId("data"), 0))))
            .build();
    MemoryBlockSink sink = BlockSink.inMemory((int) disk.size());
    disk.writeTo(sink, Progress.none());
    return new UpdatedMachine(
        sink.bytes(),
        MENU,
        List.of(old, release("1.1", 11)),
        List.of(core, newCore),
        List.of(programs, newPrograms));
  }

  private static Map<String, Content> programs(Tree esp) {
    var programs = new TreeMap<String, Content>();
    for (TreePath path : esp.children(TreePath.of("/EFI/BOOT"))) {
      if (!path.name().startsWith("PLACE")) {
        programs.put(
            path.name(), ((RegularFile) esp.inode(path.toString()).orElseThrow()).content());
      }
    }
    return programs;
  }

  private static Volume release(String version, long sequence) {
    return Ext4.of(
        Tree.of(
            t ->
                t.file("/vmlinuz", 0644, TinyKernel.saying("RELEASE " + version))
                    .file("/initrd.img", 0644, Content.utf8("initramfs " + version + "\n"))
                    .file("/own", 0644, Content.bytes(SampleMachine.noise(sequence, 1 << 20)))
                    .file(Release.FILE, 0644, SampleMachine.about(version, sequence))),
        Ext4Options.readOnly(IDENTITY.fileSystemId("slot"), 0));
  }
}
