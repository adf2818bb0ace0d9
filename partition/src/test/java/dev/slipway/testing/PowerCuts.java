// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Every disk that a power cut may leave: after each write; with a write torn at its sectors; and,
 * as long as no flush has come, without any one or two of the writes, or any number of them.
 */
public final class PowerCuts {
  private static final int SECTOR = 512;

  /** Sets of writes that are lost in a window, beside the single ones and the pairs. */
  private static final int RANDOM_SUBSETS = 10;

  /**
   * Something that was done to the disk.
   *
   * @param bytes what was written; nothing was, but a flush, when there are none
   */
  public record Event(long offset, byte[] bytes) {
    public boolean isFlush() {
      return bytes.length == 0;
    }
  }

  /** What must hold of each disk. */
  @FunctionalInterface
  public interface Check {
    /** Throws when it does not hold; {@code what} names the cut. */
    void check(BlockSource disk, String what) throws Exception;
  }

  private final BlockSource start;
  private final Predicate<Event> bulk;
  private final Check check;
  private int cuts;

  /**
   * A disk before the first event.
   *
   * @param bulk writes that are too many to be torn and lost in pairs
   */
  public PowerCuts(BlockSource start, Predicate<Event> bulk, Check check) {
    this.start = start;
    this.bulk = bulk;
    this.check = check;
  }

  /** Replays, and returns how many disks were checked. */
  public int replay(List<Event> events) throws Exception {
    Sectors disk = new Sectors(start, new TreeMap<>());
    Sectors flushed = disk.copy();
    var window = new ArrayList<Event>();
    for (int i = 0; i <= events.size(); i++) {
      look(disk, "cut before event " + i);
      if (i == events.size() || events.get(i).isFlush()) {
        lose(flushed, window, "window before event " + i);
        window.clear();
        flushed = disk.copy();
      } else {
        Event event = events.get(i);
        tear(disk, event, "event " + i);
        window.add(event);
        disk.apply(event, 0, event.bytes().length);
      }
    }
    return cuts;
  }

  private void look(Sectors disk, String what) throws Exception {
    check.check(disk, what);
    cuts++;
  }

  /** In part: each set of whole sectors from a write's front and back. */
  private void tear(Sectors before, Event event, String what) throws Exception {
    int length = event.bytes().length;
    for (int cut = SECTOR; cut < length && !bulk.test(event); cut += SECTOR) {
      look(before.with(event, 0, cut), what + " torn at " + cut);
      look(before.with(event, cut, length), what + " torn before " + cut);
    }
  }

  /** Writes between two flushes may be lost in any number, and reach the disk in any order. */
  private void lose(Sectors flushed, List<Event> window, String what) throws Exception {
    boolean pairs = window.stream().noneMatch(bulk);
    for (int first = 0; pairs && first < window.size(); first++) {
      for (int second = first; second < window.size(); second++) {
        int one = first;
        int two = second;
        look(
            some(flushed, window, i -> i != one && i != two),
            what + " without " + first + " and " + second);
      }
    }
    var random = new Random(window.size());
    for (int round = 0; !window.isEmpty() && round < RANDOM_SUBSETS; round++) {
      look(some(flushed, window, i -> random.nextBoolean()), what + ", random subset " + round);
    }
  }

  private static Sectors some(Sectors flushed, List<Event> window, Predicate<Integer> arrived)
      throws IOException {
    Sectors disk = flushed.copy();
    for (int i = 0; i < window.size(); i++) {
      if (arrived.test(i)) {
        disk.apply(window.get(i), 0, window.get(i).bytes().length);
      }
    }
    return disk;
  }

  /** A disk, and the sectors of it that were written. */
  private record Sectors(BlockSource start, NavigableMap<Long, byte[]> written)
      implements BlockSource {
    Sectors copy() {
      return new Sectors(start, new TreeMap<>(written));
    }

    Sectors with(Event event, int from, int to) throws IOException {
      Sectors changed = copy();
      changed.apply(event, from, to);
      return changed;
    }

    void apply(Event event, int from, int to) throws IOException {
      for (int at = from; at < to; ) {
        long place = event.offset() + at;
        int skip = (int) (place % SECTOR);
        int count = Math.min(SECTOR - skip, to - at);
        byte[] sector =
            count == SECTOR ? new byte[SECTOR] : readFully(place - skip, SECTOR); // not shared
        System.arraycopy(event.bytes(), at, sector, skip, count);
        written.put(place / SECTOR, sector);
        at += count;
      }
    }

    @Override
    public long size() {
      return start.size();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      int begin = target.position();
      int count = start.read(position, target);
      if (count <= 0) {
        return count;
      }
      long last = (position + count - 1) / SECTOR;
      for (Map.Entry<Long, byte[]> sector :
          written.subMap(position / SECTOR, true, last, true).entrySet()) {
        long offset = sector.getKey() * SECTOR;
        long from = Math.max(offset, position);
        int length = (int) (Math.min(offset + SECTOR, position + count) - from);
        target.put(
            begin + (int) (from - position), sector.getValue(), (int) (from - offset), length);
      }
      return count;
    }

    @Override
    public void close() {}
  }
}
