// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.GrubModel;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.bootconfig.LoaderTrial;
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
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every write that a running machine makes on the way from one slot to the other, by its kernel's
 * drivers and by GRUB through the firmware, recorded below it; the power goes at each of them.
 * First a new boot loader is tried and named.
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "slipway.long", matches = "true")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/share/OVMF/OVMF_CODE_4M.fd", in = "ovmf")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
@RequiresTool(value = "busybox", in = "busybox-static")
class GuestWritesTest {
  private static final GrubModel.Script SCRIPT = GrubModel.script(TinySystem.menu());
  private static final int FIRST_CORE_SECTOR = 2048;

  /** What can be started in place of the one that runs. */
  private static final Set<String> SPARES =
      Set.of("(hd0,gpt1)1023+1", "(hd0,gpt1)2047+1", "(hd0,gpt2)/EFI/SPARE/BOOTX64.EFI");

  private Firmware firmware;
  private DiskPartition esp;
  private DiskPartition slotB;
  private long releaseBytes;
  private Digest release;
  private Map<String, Digest> programs;
  private int handedOver;

  @ParameterizedTest
  @EnumSource(
      value = Firmware.class,
      names = {"BIOS", "UEFI"})
  void everyCutStartsTheOldSlotOrTheNewOneThatIsWhole(Firmware kind, @TempDir Path temp)
      throws Exception {
    firmware = kind;
    TinySystem tiny = TinySystem.of("cloud-amd64");
    DiskImage disk = tiny.disk();
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    TinySystem.change(image, disk, state -> state.withLoader(loader(), LoaderTrial.TRY_2));
    Path before = Files.copy(image, temp.resolve("before.img"));
    Path log = Files.createFile(temp.resolve("writes"));
    esp = disk.partition(DiskLayout.ESP).orElseThrow();
    slotB = disk.partition(DiskLayout.ROOT_B).orElseThrow();
    Volume slot = TinySystem.fileSystem(tiny.slot("one"));
    releaseBytes = slot.size();
    release = Digest.of(slot.open().stream(0, releaseBytes));
    live(image, log, temp);
    List<Event> all = BlockWriteLog.read(log);
    List<Event> events = all.stream().filter(event -> !isInData(event, disk)).toList();
    long stores = events.stream().filter(event -> !event.isFlush() && isIn(event, esp)).count();
    assertThat(stores).as("writes to the EFI system partition").isGreaterThan(5);
    try (BlockSource start = BlockSource.file(before)) {
      programs = programs(start);
      int cuts = new PowerCuts(start, event -> isIn(event, slotB), this::check).replay(events);
      System.out.printf(
          "%s: %d cuts of %d writes and flushes, %d of them writes to the EFI system partition%n",
          firmware, cuts, events.size(), stores);
      assertThat(cuts).isGreaterThan(100);
    }
    assertThat(handedOver).as("cuts after which another boot loader is tried").isPositive();
  }

  private LoaderKind loader() {
    return firmware == Firmware.BIOS ? LoaderKind.BIOS : LoaderKind.EFI;
  }

  /** A new boot loader is tried and confirmed, then a release. */
  private void live(Path image, Path log, Path temp) throws Exception {
    try (var machine =
        VirtualMachine.with(firmware)
            .disk(VirtualDisk.kept(image, Bus.VIRTIO).recorded(log))
            .argument("-cpu", "max,avx=off") // the newest words are emulated slowly
            .start(temp)) {
      machine.waitFor("trying the boot loader at");
      machine.waitFor("TINY slot slot=A .* loader=" + loader().word() + "\\.2 ");
      machine.waitFor(TinySystem.READY + " one");
      machine.type("slipway-boot confirm");
      machine.waitFor("the boot loader in place 2 works, and starts this machine from now on");
      machine.type("slipway-boot set-state B bad && echo TAKEN-$?");
      machine.waitFor("^TAKEN-0");
      machine.type(
          "dd if=/dev/vda3 of=/dev/vda4 bs=4096 count="
              + releaseBytes / 4096
              + " conv=fsync; echo COPIED-$?");
      machine.waitFor("^COPIED-0");
      machine.type("slipway-boot set-primary B && reboot -f");
      machine.waitFor("starting slot B, try 1 of 3");
      machine.waitFor("TINY slot slot=B .* loader=" + loader().word() + "\\.2 ");
      machine.waitFor(TinySystem.READY + " one");
      machine.type("slipway-boot confirm && slipway-boot status; poweroff -f");
      machine.waitFor("LAST_GOOD=B");
      machine.waitForEnd();
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
    assertThat(programs(disk)).as(what + ": boot loader").isEqualTo(programs);
    int place =
        firmware == Firmware.BIOS
            ? CoreImage.named(disk.readFully(0, 512), FIRST_CORE_SECTOR, what)
            : volume.tree().contains("/EFI/BOOT/" + LoaderPlaces.EFI_PLACE_FILE + 1) ? 1 : 2;
    GrubModel grub = grub(place, store);
    String started = grub.start();
    if (!started.equals(GrubModel.HANDED_OVER)) {
      requireWhole(started, disk, what);
      return;
    }
    // the other one comes up, or hangs and somebody switches the machine off and on
    handedOver++;
    for (int next : List.of(LoaderPlaces.other(place), place)) {
      requireWhole(grub(next, grub.blocks()).start(), disk, what + ", handed over");
    }
  }

  private GrubModel grub(int place, byte[][] store) {
    GrubModel grub = SCRIPT.with(Set.of("gpt3", "gpt4"), store);
    return firmware == Firmware.BIOS ? grub.in(place, SPARES) : grub.underUefi(place, SPARES);
  }

  private void requireWhole(String started, BlockSource disk, String what) throws Exception {
    assertThat(started).as(what).isIn("A", "B");
    if (started.equals("B")) {
      assertThat(Digest.of(disk.stream(slotB.offsetBytes(), releaseBytes)))
          .as(what + ": slot B")
          .isEqualTo(release);
    }
  }

  /** What UEFI firmware finds under the name that it looks for. */
  private Map<String, Digest> programs(BlockSource disk) throws Exception {
    var tree = Fat.read(disk.slice(esp.offsetBytes(), esp.sizeBytes()), "esp").tree();
    var found = new TreeMap<String, Digest>();
    for (var name : tree.children(TreePath.of(LoaderPlaces.EFI_NAMED))) {
      if (!name.name().startsWith(LoaderPlaces.EFI_PLACE_FILE)) {
        found.put(name.name(), Digest.of(tree.read(name.toString())));
      }
    }
    return found;
  }
}
