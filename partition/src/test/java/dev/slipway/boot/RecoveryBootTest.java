// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootState.SlotState;
import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.io.Size;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A machine that nothing else starts any more. */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
@RequiresTool(value = "busybox", in = "busybox-static")
@EnabledIfSystemProperty(named = "slipway.long", matches = "true")
class RecoveryBootTest {
  /** Both slots were started three times. */
  private static BootState usedUp(BootState fresh) {
    var slots = Map.of(Slot.A, new SlotState(true, 3), Slot.B, new SlotState(true, 3));
    return new BootState(List.of(Slot.B, Slot.A), slots, Optional.of(Slot.A), fresh.mark());
  }

  @Test
  void saysWhatHappenedWaitsAndLeadsBackIntoASlot(@TempDir Path temp) throws Exception {
    TinySystem tiny = TinySystem.of("cloud-amd64");
    Tree data = Tree.of(t -> t.file("/var/note", 0644, Content.utf8("of the old days\n")));
    DiskImage disk = tiny.recoveryDisk(RecoveryBootTest::usedUp, data);
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Tree broken = tiny.slot("two").with(t -> t.remove(TreePath.of("/initrd.img")));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_B, TinySystem.fileSystem(broken));
    try (var machine =
        VirtualMachine.with(Firmware.BIOS).disk(VirtualDisk.kept(image, Bus.VIRTIO)).start(temp)) {
      machine.waitFor("slipway: no slot has a try left");
      machine.waitFor("slipway: starting recovery");
      machine.waitFor("RECOVERY: this machine is not running its own system");
      machine.waitFor("What happened: no slot could be started");
      machine.waitFor("slot A: a system, was started 3 times and never found to work");
      machine.waitFor("slot B: holds nothing that could be started");
      machine.waitFor("Not sure\\? Take 3, then 1");
      machine.waitFor("recovery> ");
      machine.type("5");
      machine.waitFor("^ORDER=B A");
      machine.type("2");
      machine.waitFor("slot B holds nothing that could be started");
      machine.type("3");
      machine.waitFor("the data partition is in order");
      machine.type("4");
      machine.waitFor("Type go to do it");
      machine.type("no");
      machine.type("6");
      machine.waitFor("disk vda: EFI system vda2, slot A vda3, slot B vda4, data vda6");
      machine.type("mount /dev/vda6 /tmp; cat /tmp/var/note; umount /tmp; exit");
      machine.waitFor("of the old days");
      machine.waitFor("recovery> ");
      machine.type("4");
      machine.waitFor("Type go to do it");
      machine.type("go");
      machine.waitFor("everything was erased");
      machine.type("6");
      machine.waitFor("disk vda:");
      machine.type("dd if=/dev/zero of=/dev/vda6 bs=1M; exit");
      machine.waitFor("recovery> ");
      machine.type("4");
      machine.waitFor("Type go to do it");
      machine.type("go");
      machine.waitFor("cannot be repaired. A new, empty one .*\\s+Type go to do it");
      machine.type("go");
      machine.waitFor("the data partition is new and empty");
      machine.type("1");
      machine.waitFor("slot A has three new tries; restarting");
      machine.waitFor("slipway: starting slot A, try 1 of 3");
      machine.waitFor("TINY slot slot=A .*data=/dev/vda6 data_state=ok");
      machine.waitFor(TinySystem.READY + " one");
    }
    BootState state = TinySystem.state(image, disk);
    assertThat(state.order()).containsExactly(Slot.A, Slot.B);
    assertThat(state.slot(Slot.A)).isEqualTo(new SlotState(true, 1));
    assertThat(state.slot(Slot.B)).isEqualTo(new SlotState(true, 3));
  }
}
