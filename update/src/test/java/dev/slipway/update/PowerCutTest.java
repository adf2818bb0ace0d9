// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.boot.CoreImage;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.GrubModel;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.bootconfig.LoaderTrial;
import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.BundleRecipe;
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
import dev.slipway.volume.Volume;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes: an installation, the first start of what was installed and its confirmation,
 * replayed up to every write. What GRUB starts afterwards is whole: the old release or the new one.
 */
class PowerCutTest {
  private static final int SECTOR = 512;
  private static final Set<String> PLACES = Set.of("(hd0,gpt1)1023+1", "(hd0,gpt1)2047+1");

  /** The old core image where it lies, and the new one where it goes. */
  private static final byte[][] CORES = {
    SampleMachine.core(1), CoreImage.placed(SampleMachine.core(2), 2048, 2)
  };

  @TempDir Path temp;
  private RecordedDisk recorded;
  private long[] blocks;
  private long espStart;
  private long espBytes;
  private long slotA;
  private long slotB;
  private Digest old;
  private Digest fresh;
  private int bytes;
  private int newBytes;
  private int handedOver;

  @BeforeEach
  void findPlaces() throws Exception {
    recorded = new RecordedDisk(SampleMachine.disk());
    BlockSource disk = recorded.source();
    Gpt table = Gpt.read(disk, "disk").table();
    var esp = table.entry(DiskLayout.ESP).orElseThrow();
    espStart = table.offsetBytes(esp);
    espBytes = table.sizeBytes(esp);
    var volume = Fat.read(disk.slice(espStart, espBytes), "esp");
    blocks =
        SampleMachine.MENU.environmentPaths().stream()
            .mapToLong(
                path -> {
                  try {
                    return espStart + volume.place(path).offset();
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                })
            .toArray();
    slotA = table.offsetBytes(table.entry(DiskLayout.ROOT_A).orElseThrow());
    slotB = table.offsetBytes(table.entry(DiskLayout.ROOT_B).orElseThrow());
    Volume oldRelease = SampleMachine.release("1.0", 10);
    Volume newRelease = SampleMachine.release("1.1", 11);
    bytes = (int) oldRelease.size();
    newBytes = (int) newRelease.size();
    old = SampleMachine.digest(oldRelease);
    fresh = SampleMachine.digest(newRelease);
  }

  /** Install, start, confirm, with GRUB's own writes among them. */
  private void live(Path bundle) throws Exception {
    SystemDisk disk = recorded.open();
    SampleMachine.install(disk, bundle, SampleMachine.options(temp.resolve("state")));
    if (disk.store().read().loader(LoaderKind.BIOS) == LoaderTrial.TRY_2) {
      start(1, GrubModel.HANDED_OVER);
      start(2, "B");
      disk.store().update(state -> state.good(Slot.B));
      nameLoaders();
      disk.store()
          .update(
              state ->
                  state
                      .withLoader(LoaderKind.BIOS, LoaderTrial.NONE)
                      .withLoader(LoaderKind.EFI, LoaderTrial.NONE));
      start(2, "B");
      return;
    }
    start(1, "B");
    disk.store().update(state -> state.good(Slot.B));
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
    byte[][] before = {
      recorded.source().readFully(blocks[0], 1024), recorded.source().readFully(blocks[1], 1024)
    };
    GrubModel grub = SampleMachine.SCRIPT.with(Set.of("gpt3", "gpt4"), before).in(place, PLACES);
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

  private void check(BlockSource disk, String what) throws Exception {
    byte[][] store = {disk.readFully(blocks[0], 1024), disk.readFully(blocks[1], 1024)};
    int place = loaders(disk, store, what);
    GrubModel grub = SampleMachine.SCRIPT.with(Set.of("gpt3", "gpt4"), store).in(place, PLACES);
    String started = grub.start();
    if (started.equals(GrubModel.HANDED_OVER)) {
      // the new one is whole, or would not have been handed to; with it and without it one starts
      assertThat(core(disk, 3 - place)).as(what).isEqualTo(CORES[1]);
      int next = ++handedOver % 2 == 0 ? place : 3 - place;
      grub = SampleMachine.SCRIPT.with(Set.of("gpt3", "gpt4"), grub.blocks()).in(next, PLACES);
      started = grub.start();
    }
    assertThat(started).as(what).isIn("A", "B");
    boolean a = started.equals("A");
    Digest found = Digest.of(disk.stream(a ? slotA : slotB, a ? bytes : newBytes));
    assertThat(found).as(what + ": slot " + started).isEqualTo(a ? old : fresh);
  }

  /** The core image that the first sector names and the programs called BOOT are old or new. */
  private int loaders(BlockSource disk, byte[][] store, String what) throws Exception {
    byte[] first = disk.readFully(0, SECTOR);
    int place = CoreImage.named(first, 2048, what);
    assertThat(core(disk, place)).as(what + ": core image").isEqualTo(CORES[place - 1]);
    BlockSource esp = disk.slice(espStart, espBytes);
    Tree tree = Fat.read(esp, what).tree();
    int version = tree.contains("/EFI/BOOT/PLACE1") ? 1 : 2;
    requireWhole(tree, "/EFI/BOOT/", version, what);
    BootState state;
    try {
      state = readStore(store);
    } catch (FormatException e) {
      return place;
    }
    if (state.loader(LoaderKind.EFI) == LoaderTrial.TRY_2 && version == 1) {
      requireWhole(tree, "/EFI/SPARE/", 2, what);
      assertThat(tree.contains("/EFI/SPARE/PLACE2")).as(what).isTrue();
    }
    return place;
  }

  private static BootState readStore(byte[][] blocks) throws Exception {
    byte[] both = Arrays.copyOf(blocks[0], 2048);
    System.arraycopy(blocks[1], 0, both, 1024, 1024);
    MemoryBlockSink unused = BlockSink.inMemory(0);
    return BootStore.at(BlockSource.bytes(both), unused, new long[] {0, 1024}).read();
  }

  private static void requireWhole(Tree tree, String directory, int version, String what)
      throws Exception {
    for (var file : SampleMachine.efi(version).entrySet()) {
      assertThat(tree.read(directory + file.getKey()))
          .as(what + ": " + directory + file.getKey())
          .isEqualTo(file.getValue().readAll());
    }
  }

  private static byte[] core(BlockSource disk, int place) throws Exception {
    return disk.readFully((1 << 20) + (place - 1) * LoaderPlaces.BIOS_BYTES, CORES[0].length);
  }

  private boolean inSlot(Event event) {
    return event.offset() >= slotB && event.offset() < slotB + newBytes;
  }

  private int cuts(Path bundle) throws Exception {
    live(bundle);
    var start = RecordedDisk.sourceOf(recorded.start());
    return new PowerCuts(start, this::inSlot, this::check).replay(recorded.events());
  }

  /** With a boot loader in the bundle, which is tried, and named when it worked. */
  @Test
  void everyCutOfAFullInstallationStartsTheOldReleaseOrTheNewOne() throws Exception {
    BundleRecipe recipe =
        SampleMachine.recipe("1.1", 11)
            .image(Installer.SLOT_CLASS, SampleMachine.release("1.1", 11));
    assertThat(cuts(SampleMachine.write(SampleMachine.withLoaders(recipe, 2), temp, "1.1")))
        .isGreaterThan(90);
  }

  @Test
  void everyCutOfADeltaInstallationStartsTheOldReleaseOrTheNewOne() throws Exception {
    assertThat(cuts(SampleMachine.delta(temp, "1.1", 11))).isGreaterThan(40);
  }
}
