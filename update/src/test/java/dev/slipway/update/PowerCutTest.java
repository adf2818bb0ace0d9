// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.GrubModel;
import dev.slipway.bootconfig.Slot;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.fat.Fat;
import dev.slipway.gpt.Gpt;
import dev.slipway.io.BlockSource;
import dev.slipway.testing.PowerCuts;
import dev.slipway.testing.PowerCuts.Event;
import dev.slipway.volume.Volume;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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

  @TempDir Path temp;
  private RecordedDisk recorded;
  private long[] blocks;
  private long slotA;
  private long slotB;
  private Digest old;
  private Digest fresh;
  private int bytes;
  private int newBytes;

  @BeforeEach
  void findPlaces() throws Exception {
    recorded = new RecordedDisk(SampleMachine.disk());
    BlockSource disk = recorded.source();
    Gpt table = Gpt.read(disk, "disk").table();
    var esp = table.entry(DiskLayout.ESP).orElseThrow();
    long start = table.offsetBytes(esp);
    var volume = Fat.read(disk.slice(start, table.sizeBytes(esp)), "esp");
    blocks =
        SampleMachine.MENU.environmentPaths().stream()
            .mapToLong(
                path -> {
                  try {
                    return start + volume.place(path).offset();
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
    start();
    disk.store().update(state -> state.good(Slot.B));
    start();
  }

  private void start() throws Exception {
    byte[][] before = {
      recorded.source().readFully(blocks[0], 1024), recorded.source().readFully(blocks[1], 1024)
    };
    GrubModel grub = SampleMachine.SCRIPT.with(Set.of("gpt3", "gpt4"), before);
    assertThat(grub.start()).isEqualTo("B");
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
    String started = SampleMachine.SCRIPT.with(Set.of("gpt3", "gpt4"), store).start();
    assertThat(started).as(what).isIn("A", "B");
    boolean a = started.equals("A");
    Digest found = Digest.of(disk.stream(a ? slotA : slotB, a ? bytes : newBytes));
    assertThat(found).as(what + ": slot " + started).isEqualTo(a ? old : fresh);
  }

  private boolean inSlot(Event event) {
    return event.offset() >= slotB && event.offset() < slotB + newBytes;
  }

  private int cuts(Path bundle) throws Exception {
    live(bundle);
    var start = RecordedDisk.sourceOf(recorded.start());
    return new PowerCuts(start, this::inSlot, this::check).replay(recorded.events());
  }

  @Test
  void everyCutOfAFullInstallationStartsTheOldReleaseOrTheNewOne() throws Exception {
    assertThat(cuts(SampleMachine.full(temp, "1.1", 11))).isGreaterThan(60);
  }

  @Test
  void everyCutOfADeltaInstallationStartsTheOldReleaseOrTheNewOne() throws Exception {
    assertThat(cuts(SampleMachine.delta(temp, "1.1", 11))).isGreaterThan(40);
  }
}
