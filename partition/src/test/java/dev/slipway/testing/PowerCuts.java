// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

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

  /** What happened to the writes behind the last flush. */
  public enum Kind {
    /** All before an event arrived, and nothing else. */
    BEFORE,
    /** Of the last one a front or a back did. */
    TORN,
    WITHOUT_ONE,
    WITHOUT_TWO,
    /** A random half arrived. */
    SOME
  }

  /**
   * A cut.
   *
   * @param number counted from 0
   * @param window how many flushes came before
   */
  public record Cut(int number, Kind kind, int window, String what) {}

  private final BlockSource start;
  private final Predicate<Event> bulk;
  private final Check check;
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
  private Predicate<Cut> chosen = cut -> true;
  private int cuts;
  private int windows;

  /**
   * A disk before the first event.
   *
   * @param bulk writes that are too many to be torn, and lost alone or in pairs
   */
  public PowerCuts(BlockSource start, Predicate<Event> bulk, Check check) {
    this.start = start;
    this.bulk = bulk;
    this.check = check;
  }

  /** Leaves cuts out. */
  public PowerCuts only(Predicate<Cut> some) {
    chosen = some;
    return this;
  }

  /** Replays, and returns how many disks were checked. */
  public int replay(List<Event> events) throws Exception {
    Sectors disk = new Sectors(start, new TreeMap<>());
    Sectors flushed = disk.copy();
    var window = new ArrayList<Event>();
    for (int i = 0; i <= events.size(); i++) {
      look(Kind.BEFORE, "cut before event " + i, () -> disk);
      if (i == events.size() || events.get(i).isFlush()) {
        lose(flushed, window, "window before event " + i);
        window.clear();
        flushed = disk.copy();
        windows++;
      } else {
        Event event = events.get(i);
        tear(disk, event, "event " + i);
        window.add(event);
        disk.apply(event, 0, event.bytes().length);
      }
    }
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many disks were checked, by what had happened to them. */
  public Map<Kind, Integer> counts() {
    return counts;
  }

  /** Makes a disk, when it is wanted. */
  @FunctionalInterface
  private interface Remains {
    BlockSource disk() throws IOException;
  }

  private void look(Kind kind, String what, Remains remains) throws Exception {
    if (chosen.test(new Cut(cuts++, kind, windows, what))) {
      check.check(remains.disk(), what);
      counts.merge(kind, 1, Integer::sum);
    }
  }

  /** In part: each set of whole sectors from a write's front and back. */
  private void tear(Sectors before, Event event, String what) throws Exception {
    int length = event.bytes().length;
    for (int i = SECTOR; i < length && !bulk.test(event); i += SECTOR) {
      int cut = i;
      look(Kind.TORN, what + " torn at " + cut, () -> before.with(event, 0, cut));
      look(Kind.TORN, what + " torn before " + cut, () -> before.with(event, cut, length));
    }
  }

  /** Writes between two flushes may be lost in any number, and reach the disk in any order. */
  private void lose(Sectors flushed, List<Event> window, String what) throws Exception {
    List<Integer> few =
        IntStream.range(0, window.size()).filter(i -> !bulk.test(window.get(i))).boxed().toList();
    for (int one : few) {
      look(Kind.WITHOUT_ONE, what + " without " + one, () -> some(flushed, window, i -> i != one));
      for (int two : few.subList(few.indexOf(one) + 1, few.size())) {
        look(
            Kind.WITHOUT_TWO,
            what + " without " + one + " and " + two,
            () -> some(flushed, window, i -> i != one && i != two));
      }
    }
    for (int round = 0; !window.isEmpty() && round < RANDOM_SUBSETS; round++) {
      int seed = window.size() * RANDOM_SUBSETS + round;
      var random = new Random(seed);
      look(
          Kind.SOME,
          what + ", random subset " + round,
          () -> some(flushed, window, i -> random.nextBoolean()));
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
