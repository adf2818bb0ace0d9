// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.bootconfig.BootConsole;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootPartition;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.disk.EspBootStore;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The smallest system that boots the way a real one does: a Debian kernel, our initramfs, and
 * busybox as everything else. It says what it found and gives a shell on the console.
 */
public final class TinySystem {
  public static final String READY = "TINY-READY";
  static final DiskIdentity IDENTITY = DiskIdentity.of("tiny");
  static final Size SLOT = Size.mib(96);

  private static final String INIT =
      """
      #!/bin/busybox sh
      export PATH=/bin
      read version rest </etc/version
      echo "TINY slot $(tr '\\n' ' ' </run/slipway/boot)"
      echo "TINY-READY $version"
      while :; do
        setsid cttyhack sh
      done
      """;

  private final Tree kernel;
  private final Content initramfs;
  private final GrubEfi efi;
  private final Tree tools;

  private TinySystem(Tree kernel, Tree tools) throws IOException {
    this.kernel = kernel;
    this.tools = tools;
    this.initramfs = Initramfs.of(kernel, tools, InitramfsOptions.DEFAULT);
    this.efi = GrubEfi.of(tools);
  }

  /** With the kernel of a flavour such as {@code cloud-amd64}. */
  public static TinySystem of(String flavour) throws IOException, InterruptedException {
    return new TinySystem(InstalledPackages.kernel(flavour), InstalledPackages.tools());
  }

  static BootMenu menu() {
    return BootMenu.ab(
            partition(3, DiskLayout.ROOT_A),
            partition(4, DiskLayout.ROOT_B),
            partition(2, DiskLayout.ESP))
        .withData(partition(5, DiskLayout.DATA))
        .withConsole(BootConsole.SERIAL)
        .withParameters(KernelCommandLine.parse("panic=2"));
  }

  private static BootPartition partition(int number, String name) {
    return new BootPartition(number, IDENTITY.partitionId(name));
  }

  /** The tree of a slot. */
  public Tree slot(String version) throws IOException {
    Content vmlinuz =
        kernel.entries().keySet().stream()
            .filter(path -> path.toString().startsWith("/boot/vmlinuz-"))
            .map(path -> ((Node.RegularFile) kernel.inode(path).orElseThrow()).content())
            .findFirst()
            .orElseThrow();
    Content busybox = content("/usr/bin/busybox");
    Content bootStore = Content.bytes(Initramfs.script(BootStore.class, "slipway-boot"));
    return Tree.of(
        t -> {
          for (String directory :
              new String[] {
                "/proc", "/sys", "/dev", "/run", "/tmp", "/data", "/var", "/home", "/srv"
              }) {
            t.directory(directory, 0755);
          }
          t.directory("/root", 0700).file("/root/.profile", 0600, Content.utf8("# of the image\n"));
          t.file("/vmlinuz", 0644, vmlinuz).file("/initrd.img", 0644, initramfs);
          t.file("/bin/busybox", 0755, busybox);
          for (String applet :
              new String[] {
                "cat",
                "cmp",
                "cp",
                "cttyhack",
                "cut",
                "dd",
                "df",
                "dmesg",
                "grep",
                "head",
                "ls",
                "mkdir",
                "mount",
                "od",
                "poweroff",
                "reboot",
                "sed",
                "setsid",
                "sh",
                "sha256sum",
                "sync",
                "tail",
                "tr",
                "umount",
                "wc"
              }) {
            t.symlink("/bin/" + applet, "busybox");
          }
          t.file("/sbin/init", 0755, Content.utf8(INIT));
          t.file("/bin/slipway-boot", 0755, bootStore);
          t.file("/etc/version", 0644, Content.utf8(version + "\n"));
        });
  }

  Content initramfs() {
    return initramfs;
  }

  private Content content(String path) {
    return ((Node.RegularFile) tools.inode(path).orElseThrow()).content();
  }

  /** A disk with slot A filled, slot B empty, and 32 MiB for data. */
  DiskImage disk() throws IOException {
    return disk(slot("one"), menu(), UnaryOperator.identity());
  }

  /** A disk with a given slot A. */
  DiskImage disk(Tree slotA, BootMenu menu, UnaryOperator<BootState> change) throws IOException {
    return disk(DiskLayout.AB, slotA, menu, change, Optional.empty(), Tree.empty());
  }

  /** A disk with a recovery system, and something in the data partition. */
  DiskImage recoveryDisk(UnaryOperator<BootState> change, Tree data) throws IOException {
    return recoveryDisk(change, data, Optional.empty());
  }

  /** The same, able to write a release over a slot. */
  public DiskImage recoveryDisk(
      UnaryOperator<BootState> change, Tree data, Optional<RecoveryBurn> burn) throws IOException {
    BootMenu menu =
        menu()
            .withRecovery(partition(5, DiskLayout.RECOVERY_NAME))
            .withData(partition(6, DiskLayout.DATA));
    Tree recovery = RecoverySystem.of(kernel, tools, InitramfsOptions.DEFAULT, burn);
    return disk(
        DiskLayout.RECOVERY, slot("one"), menu, change, Optional.of(fileSystem(recovery)), data);
  }

  private DiskImage disk(
      DiskLayout layout,
      Tree slotA,
      BootMenu menu,
      UnaryOperator<BootState> change,
      Optional<Volume> recovery,
      Tree data)
      throws IOException {
    BootState state = change.apply(menu.freshState(Set.of(Slot.A)));
    long coreLba = DiskLayout.BIOS_OFFSET.bytes() / GrubBios.SECTOR_BYTES;
    GrubBios bios = GrubBios.of(tools, menu.biosPrefix(), menu.grubConfiguration());
    byte[] core = bios.core(coreLba);
    return layout
        .plan(
            IDENTITY,
            new DiskLayout.Parts(
                "amd64",
                bios.bootCode(coreLba),
                bothPlaces(bios.bootCode(coreLba), core, coreLba),
                Fat.of(
                    bothPlaces(efi.esp(menu, state)),
                    FatOptions.of(Size.mib(64), IDENTITY.fatSerial("esp"))),
                fileSystem(slotA),
                Optional.of(SLOT),
                recovery,
                Ext4.of(
                    data, Ext4Options.writable(IDENTITY.fileSystemId("data"), 0, Size.mib(32)))))
        .build();
  }

  /** A core image as a spare in place 2, too, as an update leaves it. */
  private static Volume bothPlaces(byte[] bootCode, byte[] core, long lba) {
    byte[] start = CoreImage.startSector(bootCode, lba, 2);
    return ComposedVolume.build(
        2 * LoaderPlaces.BIOS_BYTES,
        v -> {
          v.bytes(0, core);
          v.bytes(LoaderPlaces.BIOS_BYTES, CoreImage.placed(core, lba, 2));
          v.bytes(LoaderPlaces.startSector(2) * 512L, start);
        });
  }

  private static Tree bothPlaces(Tree esp) {
    return esp.with(
        t ->
            esp.entries()
                .forEach(
                    (path, node) -> {
                      String name = path.toString();
                      if (name.startsWith("/EFI/BOOT/") && !name.endsWith("PLACE1")) {
                        t.put(TreePath.of(name.replace("/BOOT/", "/SPARE/")), node);
                      }
                    }));
  }

  public static Volume fileSystem(Tree slot) {
    return Ext4.of(slot, Ext4Options.readOnly(IDENTITY.fileSystemId("slot"), 0));
  }

  /** Writes a disk to a file that is larger than it by some space. */
  public static Path write(DiskImage disk, Path file, Size more) throws IOException {
    try (BlockSink sink = BlockSink.createFile(file, disk.size() + more.bytes())) {
      disk.writeTo(sink, Progress.none());
    }
    return file;
  }

  /** Writes something over a partition of an image: a file system, or damage. */
  public static void overwrite(Path image, DiskImage disk, String partition, Volume content)
      throws IOException {
    try (BlockSink sink = BlockSink.openFile(image)) {
      content.writeTo(
          sink.slice(
              disk.partition(partition).orElseThrow().offsetBytes(),
              disk.partition(partition).orElseThrow().sizeBytes()),
          Progress.none());
    }
  }

  /** What the boot store of an image says. */
  public static BootState state(Path image, DiskImage disk) throws IOException {
    return change(image, disk, state -> state);
  }

  /** Changes what the boot store of an image says. */
  static BootState change(Path image, DiskImage disk, UnaryOperator<BootState> change)
      throws IOException {
    var esp = disk.partition(DiskLayout.ESP).orElseThrow();
    try (BlockSource source = BlockSource.file(image);
        BlockSink sink = BlockSink.openFile(image)) {
      BootStore store =
          EspBootStore.of(
              source.slice(esp.offsetBytes(), esp.sizeBytes()),
              sink.slice(esp.offsetBytes(), esp.sizeBytes()),
              "esp");
      return store.update(change);
    }
  }
}
