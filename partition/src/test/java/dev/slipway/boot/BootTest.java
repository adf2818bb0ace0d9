// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootState.SlotState;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderTrial;
import dev.slipway.bootconfig.Slot;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.fat.Fat;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Volume;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks of our own making under the firmware that real machines have. */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/share/OVMF/OVMF_CODE_4M.ms.fd", in = "ovmf")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
@RequiresTool(value = "busybox", in = "busybox-static")
class BootTest {
  private static TinySystem tiny;

  @BeforeAll
  static void makeSystem() throws Exception {
    tiny = TinySystem.of("cloud-amd64");
  }

  @Test
  void biosStartsSlotAGrowsTheDataPartitionAndKeepsWhatIsWritten(@TempDir Path temp)
      throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(200));
    TinySystem.change(image, disk, s -> s.withLoader(LoaderKind.BIOS, LoaderTrial.TRY_2));
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("starting slot A, try 1 of 3");
      machine.waitFor("slipway: growing vda5 to the end of vda");
      machine.waitFor("TINY slot slot=A disk=/dev/vda .* loader=bios.2 .*data_state=ok");
      machine.waitFor(TinySystem.READY + " one");
      machine.type("df -m /data | sed -n '2s/^/SIZE /p'");
      String size = machine.waitFor("^SIZE .* /data");
      assertThat(Integer.parseInt(size.split(" +")[2])).as(size).isBetween(190, 240);
      machine.type("echo two >/etc/version; echo kept >/var/note; sync; echo WRITTEN-$?");
      machine.waitFor("^WRITTEN-0");
      machine.type("echo x >/bin/x; echo ROOT-$?");
      machine.waitFor("^ROOT-1");
      machine.type("dmesg | grep -icE 'ext4.*(error|warn)|corrupt' | sed 's/^/COMPLAINTS /'");
      machine.waitFor("^COMPLAINTS 0");
      machine.type("slipway-boot confirm && reboot -f");
      machine.waitFor("the boot loader in place 2 works, and starts this machine from now on");
      machine.waitFor("starting slot A, try 1 of 3");
      machine.waitFor("TINY slot slot=A .* loader=bios.2 ");
      machine.waitFor(TinySystem.READY + " two");
      assertThat(machine.console()).doesNotContain("EXT4-fs error");
      machine.type("cat /var/note /root/.profile; poweroff -f");
      machine.waitFor("^kept\\s+# of the image");
      machine.waitForEnd();
    }
    BootState state = TinySystem.state(image, disk);
    assertThat(state.slot(Slot.A)).isEqualTo(new SlotState(true, 1));
    assertThat(state.slot(Slot.B)).isEqualTo(new SlotState(false, 0));
    assertThat(state.mark()).isEqualTo(3);
    assertThat(state.loader(LoaderKind.BIOS)).isEqualTo(LoaderTrial.NONE);
  }

  @Test
  void firmwareWithSecureBootStartsFromNvme(@TempDir Path temp) throws Exception {
    Path image = TinySystem.write(tiny.disk(), temp.resolve("disk.img"), Size.mib(0));
    try (var machine = start(Firmware.SECURE_BOOT, image, Bus.NVME, temp)) {
      machine.waitFor("starting slot A, try 1 of 3 \\(mark 1\\)");
      machine.waitFor("Kernel is locked down from EFI Secure Boot");
      machine.waitFor("TINY slot slot=A disk=/dev/nvme0n1 root=/dev/nvme0n1p3 .*data_state=ok");
      machine.waitFor(TinySystem.READY);
    }
    assertThat(TinySystem.state(image, tiny.disk()).slot(Slot.A).tries()).isEqualTo(1);
  }

  /** With the kernel for all machines, where these drivers are modules. */
  @ParameterizedTest
  @EnumSource(
      value = Bus.class,
      names = {"SATA", "SCSI", "USB"})
  void findsItsDiskOnEveryBus(Bus bus, @TempDir Path temp) throws Exception {
    TinySystem full = TinySystem.of("amd64");
    Path image = TinySystem.write(full.disk(), temp.resolve("disk.img"), Size.mib(0));
    try (var machine = start(Firmware.UEFI, image, bus, temp)) {
      machine.waitFor("TINY slot slot=A disk=/dev/sda .*data_state=ok");
      machine.waitFor(TinySystem.READY);
    }
  }

  @Test
  void startsFromAMemoryCardAndCountsOnIt(@TempDir Path temp) throws Exception {
    TinySystem full = TinySystem.of("amd64");
    DiskImage disk = full.disk();
    long cardBytes = 2 * Long.highestOneBit(disk.size()); // QEMU's have a power of two
    Path image =
        TinySystem.write(disk, temp.resolve("disk.img"), Size.bytes(cardBytes - disk.size()));
    try (var machine = start(Firmware.BIOS, image, Bus.SD, temp)) {
      machine.waitFor("starting slot A, try 1 of 3");
      machine.waitFor(
          "TINY slot slot=A disk=/dev/mmcblk0 root=/dev/mmcblk0p3 .*data=/dev/mmcblk0p5"
              + " .*data_state=ok");
      machine.waitFor(TinySystem.READY + " one");
    }
    assertThat(TinySystem.state(image, disk).slot(Slot.A).tries()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Firmware.class,
      names = {"BIOS", "UEFI"})
  void aClonedDiskConfusesNothing(Firmware firmware, @TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path original = TinySystem.write(disk, temp.resolve("original.img"), Size.mib(0));
    Path clone = temp.resolve("clone.img");
    Files.copy(original, clone);
    var machines =
        VirtualMachine.with(firmware)
            .disk(VirtualDisk.kept(original, Bus.VIRTIO))
            .disk(VirtualDisk.kept(clone, Bus.VIRTIO));
    try (var machine = machines.bootFrom(1).start(temp)) {
      machine.waitFor(
          "TINY slot slot=A disk=/dev/vdb root=/dev/vdb3 esp=/dev/vdb2 .*data=/dev/vdb5");
      machine.waitFor(TinySystem.READY);
      machine.type("echo changed >/etc/version; sync; poweroff -f");
      machine.waitForEnd();
    }
    try (var machine = machines.bootFrom(0).start(temp)) {
      machine.waitFor(
          "TINY slot slot=A disk=/dev/vda root=/dev/vda3 esp=/dev/vda2 .*data=/dev/vda5");
      machine.waitFor(TinySystem.READY + " one");
    }
  }

  @Test
  void twoDisksWithTheSameMarkAreToldApartAfterARestart(@TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path first = TinySystem.write(disk, temp.resolve("first.img"), Size.mib(0));
    Path second = temp.resolve("second.img");
    Files.copy(first, second);
    // what the second will have written when it starts, the first has already
    TinySystem.change(first, disk, state -> with(state, Slot.A, 1, 1));
    try (var machine =
        VirtualMachine.with(Firmware.BIOS)
            .disk(VirtualDisk.kept(first, Bus.VIRTIO))
            .disk(VirtualDisk.kept(second, Bus.VIRTIO))
            .bootFrom(1)
            .start(temp)) {
      machine.waitFor("slipway: disks vda vdb carry the same mark 1.1.0");
      machine.waitFor("starting slot A, try 2 of 3 \\(mark 2\\)");
      machine.waitFor("TINY slot slot=A disk=/dev/vdb");
    }
  }

  @Test
  void aSlotWithoutInitIsTriedThreeTimesThenTheOtherStarts(@TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Tree broken = tiny.slot("two").with(t -> t.remove(TreePath.of("/sbin/init")));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_B, TinySystem.fileSystem(broken));
    installedToB(image, disk);
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      for (int attempt = 1; attempt <= 3; attempt++) {
        machine.waitFor("starting slot B, try " + attempt + " of 3");
        machine.waitFor("slipway: slot B: there is no init");
      }
      machine.waitFor("starting slot A, try 1 of 3");
      machine.waitFor(TinySystem.READY + " one");
    }
    assertThat(TinySystem.state(image, disk).slot(Slot.B).tries()).isEqualTo(3);
  }

  @Test
  void aSlotWhoseInitDiesIsLeftAfterAPanic(@TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Tree broken =
        tiny.slot("two")
            .with(t -> t.file("/sbin/init", 0755, Content.utf8("#!/bin/busybox false\n")));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_B, TinySystem.fileSystem(broken));
    installedToB(image, disk);
    TinySystem.change(image, disk, state -> with(state, Slot.B, 1, 0));
    try (var machine = start(Firmware.UEFI, image, Bus.VIRTIO, temp)) {
      machine.waitFor("starting slot B, try 2 of 3");
      machine.waitFor("Kernel panic - not syncing: Attempted to kill init");
      machine.waitFor("starting slot B, try 3 of 3");
      machine.waitFor("starting slot A, try 1 of 3");
      machine.waitFor(TinySystem.READY + " one");
    }
  }

  @Test
  void aFilledSlotBStartsWhenItIsChosen(@TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Volume two = TinySystem.fileSystem(tiny.slot("two"));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_B, two);
    installedToB(image, disk);
    TinySystem.change(image, disk, s -> s.withLoader(LoaderKind.EFI, LoaderTrial.TRY_2));
    try (var machine = start(Firmware.SECURE_BOOT, image, Bus.VIRTIO, temp)) {
      machine.waitFor("trying the boot loader at \\(hd0,gpt2\\)/EFI/SPARE/BOOTX64.EFI");
      machine.waitFor("starting slot B, try 1 of 3");
      machine.waitFor("TINY slot slot=B disk=/dev/vda root=/dev/vda4 .* loader=efi.2 ");
      machine.waitFor(TinySystem.READY + " two");
      machine.type("slipway-boot confirm; sync; poweroff -f");
      machine.waitFor("the boot loader in place 2 works, and starts this machine from now on");
      machine.waitForEnd();
    }
    try (BlockSource source = BlockSource.file(image)) {
      var esp = disk.partition(DiskLayout.ESP).orElseThrow();
      var files = Fat.read(source.slice(esp.offsetBytes(), esp.sizeBytes()), "esp").tree();
      assertThat(files.contains("/EFI/BOOT/PLACE2")).isTrue();
      assertThat(files.contains("/EFI/SPARE/PLACE1")).isTrue();
    }
    if (Boolean.getBoolean("slipway.long")) {
      try (var machine = start(Firmware.SECURE_BOOT, image, Bus.VIRTIO, temp)) {
        machine.waitFor("TINY slot slot=B .* loader=efi.2 ");
        machine.type("poweroff -f");
        machine.waitForEnd();
      }
    }
    try (BlockSource source = BlockSource.file(image)) {
      var b = disk.partition(DiskLayout.ROOT_B).orElseThrow();
      assertThat(Digest.of(source.stream(b.offsetBytes(), two.size())))
          .as("a slot's bytes do not change while it runs")
          .isEqualTo(Digest.of(two.open().stream(0, two.size())));
    }
  }

  @Test
  void aSlotWhoseKernelIsNoneGivesWayWithoutAPause(@TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Tree broken = tiny.slot("two").with(t -> t.file("/vmlinuz", 0644, Content.utf8("no kernel\n")));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_B, TinySystem.fileSystem(broken));
    installedToB(image, disk);
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("starting slot B, try 1 of 3");
      machine.waitFor("slipway: slot B cannot be started");
      machine.waitFor("starting slot A");
      machine.waitFor(TinySystem.READY + " one");
      assertThat(machine.console()).doesNotContain("Press any key");
    }
  }

  @Test
  void theMenuSaysThatSlotBIsEmpty(@TempDir Path temp) throws Exception {
    DiskImage disk =
        tiny.disk(tiny.slot("one"), TinySystem.menu().withTimeout(5), UnaryOperator.identity());
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("slot A(?! \\(empty)");
      machine.waitFor("slot B \\(empty\\)");
      machine.waitFor("starting slot A");
    }
  }

  @Test
  void aUsedUpSlotIsStillStartedWhenThereIsNoOther(@TempDir Path temp) throws Exception {
    DiskImage disk =
        tiny.disk(tiny.slot("one"), TinySystem.menu(), state -> with(state, Slot.A, 3, 0));
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("slipway: no slot has a try left");
      machine.waitFor("starting slot A, try 3 of 3");
      machine.waitFor(TinySystem.READY + " one");
    }
  }

  @Test
  void aDamagedDataPartitionIsRepaired(@TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    // the descriptor of the first group: it can be told from the rest
    try (var sink = BlockSink.openFile(image)) {
      byte[] noise = new byte[64];
      new Random(7).nextBytes(noise);
      sink.write(disk.partition(DiskLayout.DATA).orElseThrow().offsetBytes() + 4096, noise);
    }
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("slipway: the data partition is damaged");
      machine.waitFor("TINY slot .*data_state=repaired");
      machine.waitFor(TinySystem.READY + " one");
      machine.type("echo kept >/var/note; mount | grep -c ' on /var type ext4' | sed 's/^/DISK /'");
      machine.waitFor("^DISK 1");
    }
  }

  @Test
  void aLostDataPartitionGivesMemoryAndALoudReport(@TempDir Path temp) throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    byte[] noise = new byte[32 << 20];
    new Random(7).nextBytes(noise);
    TinySystem.overwrite(
        image, disk, DiskLayout.DATA, ComposedVolume.build(noise.length, v -> v.bytes(0, noise)));
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("slipway: DATA LOST: the file system on vda5 cannot be repaired");
      machine.waitFor("TINY slot .*data=/dev/vda5 data_state=tmpfs");
      machine.waitFor(TinySystem.READY + " one");
      machine.type("cat /run/slipway/data-lost; echo x >/etc/x; echo y >/var/y; echo OK-$?");
      machine.waitFor("^the file system on vda5 cannot be repaired");
      machine.waitFor("^OK-0");
    }
  }

  @Test
  void aHangingInitramfsIsRestartedByTheWatchdog(@TempDir Path temp) throws Exception {
    // an archive behind the archive: its file replaces the one that the script reads last
    var more = new ByteArrayOutputStream();
    more.write(tiny.initramfs().readAll());
    // the kernel skips zeros, and looks for a plain archive at a multiple of 4
    more.write(new byte[4 - more.size() % 4]);
    Content never = Content.utf8("choose() {\n  sleep 100000\n}\n");
    CpioWriter.write(Tree.of(t -> t.file("/etc/slipway", 0644, never)), more);
    Tree hanging =
        tiny.slot("one").with(t -> t.file("/initrd.img", 0644, Content.bytes(more.toByteArray())));
    DiskImage disk = tiny.disk(hanging, TinySystem.menu(), UnaryOperator.identity());
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("starting slot A, try 1 of 3");
      machine.waitFor("softdog: Initiating system reboot");
      machine.waitFor("starting slot A, try 2 of 3");
    }
  }

  /** The watchdog that the initramfs leaves armed for systemd, which then never comes. */
  @Test
  @EnabledIfSystemProperty(named = "slipway.long", matches = "true")
  void aSlotThatHangsBehindTheInitramfsIsRestartedByTheWatchdog(@TempDir Path temp)
      throws Exception {
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Content never =
        Content.utf8("#!/bin/busybox sh\necho HANGING\nexec /bin/busybox sleep 100000\n");
    Tree hanging =
        tiny.slot("two")
            .with(
                t ->
                    t.file("/sbin/init", 0755, never)
                        .file(
                            "/etc/systemd/system.conf.d/watchdog.conf",
                            0644,
                            Content.utf8("[Manager]\nRuntimeWatchdogSec=30\n")));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_B, TinySystem.fileSystem(hanging));
    installedToB(image, disk);
    try (var machine = start(Firmware.BIOS, image, Bus.VIRTIO, temp)) {
      machine.waitFor("starting slot B, try 1 of 3");
      machine.waitFor("^HANGING");
      machine.waitFor("softdog: Initiating system reboot");
      machine.waitFor("starting slot B, try 2 of 3");
    }
  }

  /** What an update leaves behind: B first, untried. */
  private static void installedToB(Path image, DiskImage disk) throws Exception {
    TinySystem.change(image, disk, state -> state.primary(Slot.B));
  }

  /** A state in which a slot was started some times without being confirmed. */
  private static BootState with(BootState state, Slot slot, int tries, int mark) {
    var slots = new EnumMap<>(state.slots());
    slots.put(slot, new SlotState(true, tries));
    return new BootState(state.order(), slots, state.lastGood(), mark);
  }

  private static VirtualMachine start(Firmware firmware, Path image, Bus bus, Path temp)
      throws Exception {
    return VirtualMachine.with(firmware).disk(VirtualDisk.kept(image, bus)).start(temp);
  }
}
