// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.boot.CoreImage;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.GrubModel;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.bootconfig.LoaderTrial;
import dev.slipway.bootconfig.Slot;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.fat.Fat;
import dev.slipway.gpt.Gpt;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.testing.PowerCuts;
import dev.slipway.testing.PowerCuts.Event;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * An update of a machine, the first start of what was installed and its confirmation, recorded
 * write by write; and what must hold of the disk wherever the power goes.
 */
final class RecordedUpdate {
  private static final int SECTOR = 512;
  private static final int CORE_LBA = 2048;

  /** Both slots hold a kernel as far as GRUB looks: one that does not may not be started. */
  private static final Set<String> KERNELS = Set.of("gpt3", "gpt4");

  /** Boot loaders that can be loaded; one that cannot is not asked for. */
  private static final Set<String> LOADABLE =
      Set.of("(hd0,gpt1)1023+1", "(hd0,gpt1)2047+1", "(hd0,gpt2)/EFI/SPARE/BOOTX64.EFI");

  /**
   * What a start leads to.
   *
   * @param slot which one
   * @param loader the boot loader that starts it, such as {@code bios.2}
   * @param store the boot store as it is then
   */
  record Outcome(String slot, String loader, byte[][] store) {}

  private final UpdatedMachine machine;
  private final LoaderKind firmware;
  private final GrubModel.Script script;
  private final RecordedDisk recorded;
  private final long[] blocks;
  private final long espStart;
  private final long espBytes;
  private final long[] slots;
  private final Digest[] releases;
  private final byte[][] cores;

  /**
   * Before the update.
   *
   * @param firmware the kind of boot loader that starts the machine
   */
  RecordedUpdate(UpdatedMachine machine, LoaderKind firmware) throws IOException {
    this.machine = machine;
    this.firmware = firmware;
    script = GrubModel.script(machine.menu());
    recorded = new RecordedDisk(machine.disk());
    BlockSource disk = recorded.source();
    Gpt table = Gpt.read(disk, "disk").table();
    var esp = table.entry(DiskLayout.ESP).orElseThrow();
    espStart = table.offsetBytes(esp);
    espBytes = table.sizeBytes(esp);
    var volume = Fat.read(disk.slice(espStart, espBytes), "esp");
    List<String> paths = machine.menu().environmentPaths();
    blocks = new long[paths.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = espStart + volume.place(paths.get(i)).offset();
    }
    slots =
        new long[] {
          table.offsetBytes(table.entry(DiskLayout.ROOT_A).orElseThrow()),
          table.offsetBytes(table.entry(DiskLayout.ROOT_B).orElseThrow())
        };
    releases = new Digest[slots.length];
    for (int i = 0; i < slots.length; i++) {
      releases[i] = SampleMachine.digest(machine.releases().get(i));
    }
    cores =
        new byte[][] {
          machine.cores().get(0), CoreImage.placed(machine.cores().get(1), CORE_LBA, 2)
        };
  }

  /** Install, start, confirm, with GRUB's own writes among them. */
  void live(Path bundle, Path state) throws Exception {
    SystemDisk disk = recorded.open();
    SampleMachine.install(disk, bundle, SampleMachine.options(state));
    if (disk.store().read().loader(firmware) == LoaderTrial.TRY_2) {
      start(1, GrubModel.HANDED_OVER);
      start(2, "B");
      disk.store().update(s -> s.good(Slot.B));
      nameLoaders();
      disk.store()
          .update(
              s ->
                  s.withLoader(LoaderKind.BIOS, LoaderTrial.NONE)
                      .withLoader(LoaderKind.EFI, LoaderTrial.NONE));
      start(2, "B");
      return;
    }
    start(1, "B");
    disk.store().update(s -> s.good(Slot.B));
    start(1, "B");
  }

  /** What slipway-boot does, for both kinds at once: a sector each. */
  private void nameLoaders() throws Exception {
    byte[] first = recorded.source().readFully(0, SECTOR);
    first[0x5D] = 0x0C;
    recorded.sink().write(0, ByteBuffer.wrap(first));
    long at = firstSectorOf(recorded.source(), "SPARE      ");
    byte[] names = recorded.source().readFully(at, SECTOR);
    int boot = new String(names, StandardCharsets.ISO_8859_1).indexOf("BOOT       ");
    int spare = new String(names, StandardCharsets.ISO_8859_1).indexOf("SPARE      ");
    System.arraycopy("SPARE      ".getBytes(StandardCharsets.US_ASCII), 0, names, boot, 11);
    System.arraycopy("BOOT       ".getBytes(StandardCharsets.US_ASCII), 0, names, spare, 11);
    recorded.sink().write(at, ByteBuffer.wrap(names));
    recorded.sink().flush();
  }

  private long firstSectorOf(BlockSource disk, String name) throws Exception {
    for (long at = espStart; at < espStart + espBytes; at += SECTOR) {
      String text = new String(disk.readFully(at, SECTOR), StandardCharsets.ISO_8859_1);
      int found = text.indexOf(name);
      if (found >= 0 && found % 32 == 0) {
        return at;
      }
    }
    throw new AssertionError("no directory names " + name);
  }

  private void start(int place, String expected) throws Exception {
    GrubModel grub = grub(place, store(recorded.source()));
    assertThat(grub.start()).isEqualTo(expected);
    for (int block : grub.written()) {
      // GRUB writes both sectors of the file, one after the other, and knows no flush
      for (int at = 0; at < 1024; at += SECTOR) {
        recorded
            .sink()
            .write(blocks[block] + at, ByteBuffer.wrap(grub.blocks()[block], at, SECTOR));
      }
    }
    recorded.sink().flush();
  }

  private GrubModel grub(int place, byte[][] store) {
    GrubModel grub = script.with(KERNELS, store);
    return firmware == LoaderKind.BIOS ? grub.in(place, LOADABLE) : grub.underUefi(place, LOADABLE);
  }

  /** The two blocks of a disk's boot store. */
  byte[][] store(BlockSource disk) throws IOException {
    return new byte[][] {disk.readFully(blocks[0], 1024), disk.readFully(blocks[1], 1024)};
  }

  /** All cuts of what was recorded; in the slot that is written the writes are many. */
  PowerCuts cuts(PowerCuts.Check check) {
    return new PowerCuts(RecordedDisk.sourceOf(recorded.start()), this::inSlot, check);
  }

  List<Event> events() {
    return recorded.events();
  }

  private boolean inSlot(Event event) {
    long offset = event.offset() - slots[1];
    return offset >= 0 && offset < machine.releases().get(1).size();
  }

  /** Whatever is started on a disk is whole, the old one or the new one; tells what is. */
  Outcome check(BlockSource disk, String what) throws Exception {
    byte[][] store = store(disk);
    int place = loaders(disk, store, what);
    GrubModel grub = grub(place, store);
    String started = grub.start();
    if (!started.equals(GrubModel.HANDED_OVER)) {
      requireWhole(started, disk, what);
      return new Outcome(started, firmware.word() + "." + place, grub.blocks());
    }
    // a new one hangs, and somebody switches the machine off and on: the old one starts something
    requireWhole(grub(place, grub.blocks()).start(), disk, what + ", it hangs");
    // but it is whole, or would not have been handed to
    int other = LoaderPlaces.other(place);
    assertThat(core(disk, other)).as(what).isEqualTo(cores[1]);
    GrubModel next = grub(other, grub.blocks());
    started = next.start();
    requireWhole(started, disk, what + ", handed over");
    return new Outcome(started, firmware.word() + "." + other, next.blocks());
  }

  private void requireWhole(String started, BlockSource disk, String what) throws Exception {
    assertThat(started).as(what).isIn("A", "B");
    int slot = started.equals("A") ? 0 : 1;
    Digest found = Digest.of(disk.stream(slots[slot], machine.releases().get(slot).size()));
    assertThat(found).as(what + ": slot " + started).isEqualTo(releases[slot]);
  }

  /** The core image that the first sector names and the programs called BOOT are old or new. */
  private int loaders(BlockSource disk, byte[][] store, String what) throws Exception {
    byte[] first = disk.readFully(0, SECTOR);
    int bios = CoreImage.named(first, CORE_LBA, what);
    assertThat(core(disk, bios)).as(what + ": core image").isEqualTo(cores[bios - 1]);
    Tree tree = Fat.read(disk.slice(espStart, espBytes), what).tree();
    int efi = tree.contains(LoaderPlaces.EFI_NAMED + "/PLACE1") ? 1 : 2;
    requirePrograms(tree, LoaderPlaces.EFI_NAMED, efi, what);
    if (isToBeTried(store) && efi == 1) {
      requirePrograms(tree, LoaderPlaces.EFI_SPARE, 2, what);
      assertThat(tree.contains(LoaderPlaces.EFI_SPARE + "/PLACE2")).as(what).isTrue();
    }
    return firmware == LoaderKind.BIOS ? bios : efi;
  }

  private static boolean isToBeTried(byte[][] blocks) throws IOException {
    byte[] both = Arrays.copyOf(blocks[0], 2048);
    System.arraycopy(blocks[1], 0, both, 1024, 1024);
    MemoryBlockSink unused = BlockSink.inMemory(0);
    var store = BootStore.at(BlockSource.bytes(both), unused, new long[] {0, 1024});
    try {
      return store.read().loader(LoaderKind.EFI) == LoaderTrial.TRY_2;
    } catch (FormatException e) {
      return false; // neither block can be trusted
    }
  }

  private void requirePrograms(Tree tree, String directory, int version, String what)
      throws Exception {
    for (var file : machine.programs().get(version - 1).entrySet()) {
      assertThat(tree.read(directory + "/" + file.getKey()))
          .as(what + ": " + directory + "/" + file.getKey())
          .isEqualTo(file.getValue().readAll());
    }
  }

  private byte[] core(BlockSource disk, int place) throws IOException {
    return disk.readFully(
        (long) CORE_LBA * SECTOR + (long) (place - 1) * LoaderPlaces.BIOS_BYTES,
        cores[place - 1].length);
  }
}
