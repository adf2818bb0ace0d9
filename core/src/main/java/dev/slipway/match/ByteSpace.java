// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.Checksum;

/**
 * Several sources of any size behind one kind of address, for loops that compare bytes here with
 * bytes there.
 *
 * <p>An address is the number of the source ("area") above bit {@value #AREA_BITS} and an offset
 * below. The bytes are mapped in windows of 1 GiB that overlap by a word, so that a word can be
 * read wherever it starts; they take no heap. No bounds are checked here but those of the windows:
 * callers stay within an area.
 */
public final class ByteSpace {
  private static final int AREA_BITS = 48;
  private static final int WINDOW_BITS = 30;
  private static final int WINDOW_MASK = (1 << WINDOW_BITS) - 1;

  /** After so many bytes of what was hoped for, it pays to ask what is known. */
  private static final int ASK = 512;

  /** How far to look before asking again. */
  private static final int LOOK = 4 * BlockIndex.BLOCK;

  /** So much is read at once where it is looked at only once. */
  private static final int PART = 1 << 16;

  private final List<BlockSource> sources;
  private final ByteBuffer[][] windows;
  private final long[] sizes;
  private final Sameness known;

  private ByteSpace(
      List<BlockSource> sources, ByteBuffer[][] windows, long[] sizes, Sameness known) {
    this.sources = sources;
    this.windows = windows;
    this.sizes = sizes;
    this.known = known;
  }

  /**
   * Maps sources, which become areas 0, 1, 2...
   *
   * @throws IllegalArgumentException when one of them cannot be mapped
   */
  public static ByteSpace of(List<BlockSource> sources) throws IOException {
    ByteBuffer[][] windows = new ByteBuffer[sources.size()][];
    long[] sizes = new long[sources.size()];
    for (int i = 0; i < windows.length; i++) {
      sizes[i] = sources.get(i).size();
      windows[i] = windows(sources.get(i));
    }
    return new ByteSpace(List.copyOf(sources), windows, sizes, Sameness.NONE);
  }

  /** The same bytes, some of which need not be looked at to be known. */
  public ByteSpace knowing(Sameness sameness) {
    return new ByteSpace(sources, windows, sizes, sameness);
  }

  private static ByteBuffer[] windows(BlockSource source) throws IOException {
    long size = source.size();
    ByteBuffer[] windows = new ByteBuffer[(int) ((size + WINDOW_MASK) >>> WINDOW_BITS)];
    for (int i = 0; i < windows.length; i++) {
      long start = (long) i << WINDOW_BITS;
      int length = (int) Math.min(size - start, (1L << WINDOW_BITS) + Long.BYTES);
      windows[i] =
          source
              .map(start, length)
              .orElseThrow(() -> new IllegalArgumentException("a source that cannot be mapped"))
              .order(ByteOrder.LITTLE_ENDIAN);
    }
    return windows;
  }

  /** The address of an area's first byte. */
  public static long base(int area) {
    return (long) area << AREA_BITS;
  }

  /** The area an address lies in. */
  public static int area(long address) {
    return (int) (address >>> AREA_BITS);
  }

  /** Where in its area an address lies. */
  public static long offset(long address) {
    return address & (1L << AREA_BITS) - 1;
  }

  /** How many bytes an area has. */
  public long size(int area) {
    return sizes[area];
  }

  /** The address behind the last byte of the area that an address lies in. */
  public long end(long address) {
    int area = area(address);
    return base(area) + sizes[area];
  }

  /** The byte at an address. */
  public byte get(long address) {
    return window(address).get((int) address & WINDOW_MASK);
  }

  /** The eight bytes at an address, lowest first. */
  public long word(long address) {
    return window(address).getLong((int) address & WINDOW_MASK);
  }

  private ByteBuffer window(long address) {
    return windows[(int) (address >>> AREA_BITS)][(int) (offset(address) >>> WINDOW_BITS)];
  }

  /** Copies bytes out. */
  public void copy(long address, byte[] target, int offset, int length) {
    int done = 0;
    while (done < length) {
      int at = (int) (address + done) & WINDOW_MASK;
      int count = Math.min(length - done, WINDOW_MASK + 1 - at);
      window(address + done).get(at, target, offset + done, count);
      done += count;
    }
  }

  /**
   * Reads bytes of an area past its mapping, for those who go through much of it once: the pages of
   * a mapping count as this process's memory until the end.
   */
  public void read(long address, byte[] target, int offset, int length) throws IOException {
    sources.get(area(address)).readFully(offset(address), ByteBuffer.wrap(target, offset, length));
  }

  /** Puts at most so many bytes into a buffer, and at least one. */
  int read(long address, ByteBuffer target, int most) {
    int at = (int) address & WINDOW_MASK;
    int count = Math.min(most, WINDOW_MASK + 1 - at);
    target.put(window(address).slice(at, count));
    return count;
  }

  /** A range of addresses as a source. */
  public BlockSource source(long address, long length) {
    return new SpaceSource(this, address, length);
  }

  /** Updates a checksum with bytes; many are read past the mapping. */
  public void update(Checksum checksum, long address, long length) throws IOException {
    byte[] part = length < PART ? null : new byte[PART];
    for (long done = 0; done < length; ) {
      int at = (int) (address + done) & WINDOW_MASK;
      int count = (int) Math.min(length - done, WINDOW_MASK + 1 - at);
      if (part == null) {
        checksum.update(window(address + done).slice(at, count));
      } else {
        count = Math.min(count, PART);
        read(address + done, part, 0, count);
        checksum.update(part, 0, count);
      }
      done += count;
    }
  }

  /** How many of so many bytes from an address on are zero before the first that is not. */
  public long zeros(long address, long most) {
    long done = zerosSeen(address, Math.min(most, ASK));
    while (done >= ASK && done < most) {
      long told = Math.min(known.zeros(address + done), most - done);
      long look = told > 0 ? told : Math.min(LOOK, most - done);
      long count = told > 0 ? told : zerosSeen(address + done, look);
      done += count;
      if (count < look) {
        break;
      }
    }
    return done;
  }

  private long zerosSeen(long address, long most) {
    long done = 0;
    while (done + Long.BYTES <= most && word(address + done) == 0) {
      done += Long.BYTES;
    }
    while (done < most && get(address + done) == 0) {
      done++;
    }
    return done;
  }

  /** How many bytes from two addresses on are the same, at most so many. */
  public long same(long one, long other, long most) {
    long done = sameSeen(one, other, Math.min(most, ASK));
    while (done >= ASK && done < most) {
      long told = Math.min(known.copied(one + done, other - one), most - done);
      long look = told > 0 ? told : Math.min(LOOK, most - done);
      long count = told > 0 ? told : sameSeen(one + done, other + done, look);
      done += count;
      if (count < look) {
        break;
      }
    }
    return done;
  }

  private long sameSeen(long one, long other, long most) {
    long done = 0;
    while (done < most) {
      int i = (int) (one + done) & WINDOW_MASK;
      int j = (int) (other + done) & WINDOW_MASK;
      int count = (int) Math.min(most - done, WINDOW_MASK + 1 - Math.max(i, j));
      int same = same(window(one + done), i, window(other + done), j, count);
      done += same;
      if (same < count) {
        break;
      }
    }
    return done;
  }

  private static int same(ByteBuffer one, int i, ByteBuffer other, int j, int count) {
    int done = 0;
    for (; done + Long.BYTES <= count; done += Long.BYTES) {
      long difference = one.getLong(i + done) ^ other.getLong(j + done);
      if (difference != 0) {
        return done + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
    }
    while (done < count && one.get(i + done) == other.get(j + done)) {
      done++;
    }
    return done;
  }

  /** How many of so many bytes from two addresses on are the same. */
  long agreeing(long one, long other, long length) {
    long count = 0;
    long done = 0;
    for (; done + Long.BYTES <= length; done += Long.BYTES) {
      count += Long.BYTES - differingBytes(word(one + done) ^ word(other + done));
    }
    for (; done < length; done++) {
      count += get(one + done) == get(other + done) ? 1 : 0;
    }
    return count;
  }

  /** How many bytes of a word are not zero. */
  static int differingBytes(long word) {
    long low = word & 0x7f7f7f7f7f7f7f7fL;
    return Long.bitCount((low + 0x7f7f7f7f7f7f7f7fL | word) & 0x8080808080808080L);
  }
}
