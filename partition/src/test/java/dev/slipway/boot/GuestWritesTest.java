// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.GrubModel;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.disk.DiskPartition;
import dev.slipway.fs.fat.Fat;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.testing.BlockWriteLog;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.PowerCuts;
import dev.slipway.testing.PowerCuts.Event;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.volume.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every write that a running machine makes on the way from one slot to the other, by its kernel's
 * drivers and by GRUB through the firmware, recorded below it; the power goes at each of them.
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "slipway.long", matches = "true")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
@RequiresTool(value = "busybox", in = "busybox-static")
class GuestWritesTest {
  private static final GrubModel.Script SCRIPT = GrubModel.script(TinySystem.menu());
  private static final Set<String> PLACES = Set.of("(hd0,gpt1)1023+1", "(hd0,gpt1)2047+1");

  private DiskPartition esp;
  private DiskPartition slotB;
  private long releaseBytes;
  private Digest release;

  @Test
  void everyCutStartsTheOldSlotOrTheNewOneThatIsWhole(@TempDir Path temp) throws Exception {
    TinySystem tiny = TinySystem.of("cloud-amd64");
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Path before = Files.copy(image, temp.resolve("before.img"));
    Path log = Files.createFile(temp.resolve("writes"));
    esp = disk.partition(DiskLayout.ESP).orElseThrow();
    slotB = disk.partition(DiskLayout.ROOT_B).orElseThrow();
    Volume slot = TinySystem.fileSystem(tiny.slot("one"));
    releaseBytes = slot.size();
    release = Digest.of(slot.open().stream(0, releaseBytes));
    try (var machine =
        VirtualMachine.with(Firmware.BIOS)
            .disk(VirtualDisk.kept(image, Bus.VIRTIO).recorded(log))
            .argument("-cpu", "max,avx=off") // the newest words are emulated slowly
            .start(temp)) {
      machine.waitFor(TinySystem.READY + " one");
      machine.type("slipway-boot set-state B bad && echo TAKEN-$?");
      machine.waitFor("^TAKEN-0");
      machine.type(
          "dd if=/dev/vda3 of=/dev/vda4 bs=4096 count="
              + releaseBytes / 4096
              + " conv=fsync; echo COPIED-$?");
      machine.waitFor("^COPIED-0");
      machine.type("slipway-boot set-primary B && reboot -f");
      machine.waitFor("starting slot B, try 1 of 3");
      machine.waitFor("TINY slot slot=B");
      machine.waitFor(TinySystem.READY + " one");
      machine.type("slipway-boot confirm && slipway-boot status; poweroff -f");
      machine.waitFor("LAST_GOOD=B");
      machine.waitForEnd();
    }
    List<Event> all = BlockWriteLog.read(log);
    List<Event> events = all.stream().filter(event -> !isInData(event, disk)).toList();
    long stores = events.stream().filter(event -> !event.isFlush() && isIn(event, esp)).count();
    assertThat(stores).as("writes to the EFI system partition").isGreaterThan(5);
    try (BlockSource start = BlockSource.file(before)) {
      int cuts = new PowerCuts(start, event -> isIn(event, slotB), this::check).replay(events);
      assertThat(cuts).isGreaterThan(100);
    }
  }

  /** What stays over updates may be damaged by a cut, and is repaired: not looked at here. */
  private static boolean isInData(Event event, DiskImage disk) {
    return !event.isFlush() && isIn(event, disk.partition(DiskLayout.DATA).orElseThrow());
  }

  private static boolean isIn(Event event, DiskPartition partition) {
    return event.offset() >= partition.offsetBytes()
        && event.offset() < partition.offsetBytes() + partition.sizeBytes();
  }

  private void check(BlockSource disk, String what) throws Exception {
    var volume = Fat.read(disk.slice(esp.offsetBytes(), esp.sizeBytes()), what);
    byte[][] store = new byte[2][];
    for (int block = 0; block < 2; block++) {
      var place = volume.place(TinySystem.menu().environmentPaths().get(block));
      store[block] = disk.readFully(esp.offsetBytes() + place.offset(), 1024);
    }
    GrubModel grub = SCRIPT.with(Set.of("gpt3", "gpt4"), store).in(1, PLACES);
    String started = grub.start();
    assertThat(started).as(what).isIn("A", "B");
    if (started.equals("B")) {
      assertThat(Digest.of(disk.stream(slotB.offsetBytes(), releaseBytes)))
          .as(what + ": slot B")
          .isEqualTo(release);
    }
  }
}
