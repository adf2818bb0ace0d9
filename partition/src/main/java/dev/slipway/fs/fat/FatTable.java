// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The allocation table while a volume is read. It hands every cluster out once: chains that turn in
 * circles, meet, or leave the volume end in an error.
 */
final class FatTable {
  private static final int WINDOW_BYTES = 1 << 16;

  /** No real volume is in so many pieces; a bound for memory on one made to exhaust it. */
  private static final int RUNS_MAX = 1 << 20;

  /** Clusters that follow each other. */
  record Run(long cluster, long count) {}

  private final BlockSource source;
  private final String name;
  private final FatGeometry geometry;
  private final long tableEnd;
  private final BitSet used = new BitSet();
  private byte[] window = new byte[0];
  private long windowStart;
  private int runs;

  FatTable(BlockSource source, String name, FatGeometry geometry) {
    this.source = source;
    this.name = name;
    this.geometry = geometry;
    this.tableEnd = geometry.type().tableBytes(geometry.lastCluster() + 1);
  }

  /**
   * Follows a chain to its end.
   *
   * @param path what the chain belongs to, for error messages
   * @param clustersMax how long it may be at most
   */
  List<Run> chain(String path, long first, long clustersMax) throws IOException {
    var found = new ArrayList<Run>();
    long start = first;
    long at = first;
    long count = 0;
    while (true) {
      if (at < FatGeometry.FIRST_CLUSTER || at > geometry.lastCluster()) {
        throw error(path, "cluster " + at + " is not within 2 to " + geometry.lastCluster());
      }
      if (used.get((int) at)) {
        throw error(path, "cluster " + at + " is in use already: chains meet or turn in a circle");
      }
      if (++count > clustersMax) {
        throw error(path, "its chain has more than " + clustersMax + " clusters");
      }
      used.set((int) at);
      long next = entry(at);
      if (next != at + 1) {
        found.add(new Run(start, at - start + 1));
        if (++runs > RUNS_MAX) {
          throw error(path, "the volume is in more than " + RUNS_MAX + " pieces");
        }
        if (next >= geometry.type().endOfChain()) {
          return found;
        }
        start = next;
      }
      at = next;
    }
  }

  private FormatException error(String path, String message) {
    return new FormatException(name + ": " + path + ": " + message);
  }

  /** How many entries say "free". */
  long freeCount() throws IOException {
    long free = 0;
    for (long i = FatGeometry.FIRST_CLUSTER; i <= geometry.lastCluster(); i++) {
      free += entry(i) == 0 ? 1 : 0;
    }
    return free;
  }

  long entry(long number) throws IOException {
    return switch (geometry.type()) {
      case FAT12 -> {
        int pair = at(number * 3 / 2) | at(number * 3 / 2 + 1) << 8;
        yield (number & 1) == 0 ? pair & 0xfff : pair >> 4;
      }
      case FAT16 -> at(2 * number) | at(2 * number + 1) << 8;
      case FAT32 ->
          (at(4 * number)
                  | at(4 * number + 1) << 8
                  | at(4 * number + 2) << 16
                  | (long) at(4 * number + 3) << 24)
              & geometry.type().mask();
    };
  }

  /** Changes an entry of a table in memory. The upper four bits of FAT32 are not ours. */
  static void put(FatType type, byte[] table, long number, long value) {
    if (type == FatType.FAT12) {
      int at = (int) (number * 3 / 2);
      int pair = table[at] & 0xff | (at + 1 < table.length ? table[at + 1] & 0xff : 0) << 8;
      pair = (number & 1) == 0 ? pair & 0xf000 | (int) value : pair & 0x000f | (int) value << 4;
      table[at] = (byte) pair;
      table[at + 1] = (byte) (pair >> 8);
      return;
    }
    int bytes = type.bits() / 8;
    int start = (int) number * bytes;
    byte top = table[start + bytes - 1];
    for (int i = 0; i < bytes; i++) {
      table[start + i] = (byte) (value >> 8 * i);
    }
    if (type == FatType.FAT32) {
      table[start + 3] = (byte) (table[start + 3] & 0x0f | top & 0xf0);
    }
  }

  /** Whether a cluster belongs to something that was followed. */
  boolean isUsed(long cluster) {
    return used.get((int) cluster);
  }

  private int at(long offset) throws IOException {
    if (offset < windowStart || offset >= windowStart + window.length) {
      windowStart = offset / WINDOW_BYTES * WINDOW_BYTES;
      int length = (int) Math.min(WINDOW_BYTES, tableEnd - windowStart);
      window = source.readFully(geometry.tableOffset(0) + windowStart, length);
    }
    return window[(int) (offset - windowStart)] & 0xff;
  }
}
