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
import dev.slipway.update.RecordedDisk.Event;
import dev.slipway.volume.Volume;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

  private void apply(byte[] disk, Event event) {
    System.arraycopy(event.bytes(), 0, disk, (int) event.offset(), event.bytes().length);
  }

  private void check(byte[] disk, String what) throws Exception {
    byte[][] store = new byte[2][];
    for (int i = 0; i < 2; i++) {
      store[i] = java.util.Arrays.copyOfRange(disk, (int) blocks[i], (int) blocks[i] + 1024);
    }
    String started = SampleMachine.SCRIPT.with(Set.of("gpt3", "gpt4"), store).start();
    assertThat(started).as(what).isIn("A", "B");
    boolean a = started.equals("A");
    Digest found =
        Digest.of(RecordedDisk.sourceOf(disk).stream(a ? slotA : slotB, a ? bytes : newBytes));
    assertThat(found).as(what + ": slot " + started).isEqualTo(a ? old : fresh);
  }

  private boolean inSlot(Event event) {
    return event.offset() >= slotB && event.offset() < slotB + newBytes;
  }

  private int cuts(Path bundle) throws Exception {
    live(bundle);
    List<Event> events = recorded.events();
    byte[] disk = recorded.start();
    int cuts = 0;
    var window = new ArrayList<Event>();
    byte[] flushed = disk.clone();
    for (int i = 0; i <= events.size(); i++) {
      check(disk, "cut before event " + i);
      cuts++;
      boolean end = i == events.size() || events.get(i).isFlush();
      if (end) {
        cuts += lost(flushed, window, "window before event " + i);
        window.clear();
        flushed = disk.clone();
      } else {
        Event event = events.get(i);
        cuts += torn(disk, event, "event " + i);
        window.add(event);
        apply(disk, event);
      }
    }
    return cuts;
  }

  /** A write outside of the slot, in part: each set of whole sectors from its front and back. */
  private int torn(byte[] before, Event event, String what) throws Exception {
    int cuts = 0;
    if (inSlot(event)) {
      return cuts;
    }
    for (int cut = SECTOR; cut < event.bytes().length; cut += SECTOR) {
      byte[] front = before.clone();
      System.arraycopy(event.bytes(), 0, front, (int) event.offset(), cut);
      check(front, what + " torn at " + cut);
      byte[] back = before.clone();
      int rest = event.bytes().length - cut;
      System.arraycopy(event.bytes(), cut, back, (int) event.offset() + cut, rest);
      check(back, what + " torn before " + cut);
      cuts += 2;
    }
    return cuts;
  }

  /** Writes between two flushes may be lost in any number, and reach the disk in any order. */
  private int lost(byte[] flushed, List<Event> window, String what) throws Exception {
    int cuts = 0;
    boolean small = window.stream().noneMatch(this::inSlot);
    for (int first = 0; small && first < window.size(); first++) {
      for (int second = first; second < window.size(); second++) {
        byte[] disk = flushed.clone();
        for (int i = 0; i < window.size(); i++) {
          if (i != first && i != second) {
            apply(disk, window.get(i));
          }
        }
        check(disk, what + " without " + first + " and " + second);
        cuts++;
      }
    }
    var random = new Random(window.size());
    for (int round = 0; !window.isEmpty() && round < 10; round++) {
      byte[] disk = flushed.clone();
      window.stream().filter(event -> random.nextBoolean()).forEach(event -> apply(disk, event));
      check(disk, what + ", random subset " + round);
      cuts++;
    }
    return cuts;
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
