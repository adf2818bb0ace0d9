// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import java.util.Arrays;

/**
 * The checksums of exported symbols that changed between two kernels. A module holds one for each
 * symbol that it exports or uses, and the same symbol has the same checksum everywhere.
 */
final class Checksums {
  /** Bounds the map to 8 MiB whatever the input says. */
  private static final int MOST = 1 << 20;

  static final Checksums NONE = new Checksums(new int[0], new int[0]);

  private final int[] olds; // ascending as signed numbers, none twice
  private final int[] news;

  Checksums(int[] olds, int[] news) {
    this.olds = olds;
    this.news = news;
  }

  /** The new checksum for an old one; the same if it is not known to have changed. */
  int map(int old) {
    int index = Arrays.binarySearch(olds, old);
    return index < 0 ? old : news[index];
  }

  int count() {
    return olds.length;
  }

  long memoryBytes() {
    return 8L * olds.length;
  }

  void write(SideWriter out) {
    out.number(olds.length);
    long before = Integer.MIN_VALUE;
    for (int old : olds) {
      out.number(old - before);
      before = old;
    }
    for (int value : news) { // nothing to gain from random bits: as they are
      out.raw(
          new byte[] {
            (byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)
          });
    }
  }

  static Checksums read(SideReader in) throws FormatException {
    int count = in.items("checksums", 5);
    if (count > MOST) {
      throw in.error("checksums", count + ", at most " + MOST + " expected");
    }
    var olds = new int[count];
    var news = new int[count];
    long at = Integer.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long step = in.number("old checksum");
      if (step < (i == 0 ? 0 : 1) || step > Integer.MAX_VALUE - at) {
        throw in.error("old checksum", "out of order");
      }
      at += step;
      olds[i] = (int) at;
    }
    var value = new byte[4];
    for (int i = 0; i < count; i++) {
      in.raw(value, "new checksum");
      news[i] = value[0] & 0xff | (value[1] & 0xff) << 8 | (value[2] & 0xff) << 16 | value[3] << 24;
    }
    return new Checksums(olds, news);
  }
}
