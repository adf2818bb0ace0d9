// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Little-endian numbers anywhere in a source of any size, through a cache of at most one mebibyte.
 *
 * <p>A page lives in the one slot that its number gives, so what is in the cache never needs a
 * list. Positions are the caller's to check: a read past the end is a bug of ours.
 */
final class PagedBytes {
  static final int CACHE_BYTES = 1 << 20;

  private static final int PAGE_BITS = 14;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int SLOTS = CACHE_BYTES / PAGE_BYTES;

  private final BlockSource source;
  private final long size;
  private final byte[][] pages;
  private final long[] pageNumbers;

  PagedBytes(BlockSource source) {
    this.source = source;
    this.size = source.size();
    int slots = (int) Math.min(SLOTS, (size + PAGE_BYTES - 1) >>> PAGE_BITS);
    this.pages = new byte[slots][];
    this.pageNumbers = new long[slots];
  }

  long size() {
    return size;
  }

  /** Whether all these bytes exist; false for anything negative. */
  boolean has(long position, long length) {
    return position >= 0 && length >= 0 && length <= size && position <= size - length;
  }

  private byte[] page(long position) throws IOException {
    long number = position >>> PAGE_BITS;
    int slot = (int) (number % pages.length);
    byte[] page = pages[slot];
    if (page != null && pageNumbers[slot] == number) {
      return page;
    }
    if (page == null) {
      page = new byte[PAGE_BYTES];
    }
    pages[slot] = null; // should the read fail, nothing half-read stays
    long start = number << PAGE_BITS;
    int length = (int) Math.min(PAGE_BYTES, size - start);
    source.readFully(start, ByteBuffer.wrap(page, 0, length));
    pages[slot] = page;
    pageNumbers[slot] = number;
    return page;
  }

  int u8(long position) throws IOException {
    return page(position)[(int) position & PAGE_BYTES - 1] & 0xff;
  }

  int u16(long position) throws IOException {
    return u8(position) | u8(position + 1) << 8;
  }

  int i32(long position) throws IOException {
    int in = (int) position & PAGE_BYTES - 1;
    if (in > PAGE_BYTES - 4) {
      return u16(position) | u16(position + 2) << 16;
    }
    byte[] page = page(position);
    return page[in] & 0xff
        | (page[in + 1] & 0xff) << 8
        | (page[in + 2] & 0xff) << 16
        | page[in + 3] << 24;
  }

  long u32(long position) throws IOException {
    return i32(position) & 0xffff_ffffL;
  }

  long i64(long position) throws IOException {
    return u32(position) | (long) i32(position + 4) << 32;
  }

  void copy(long position, byte[] target, int offset, int length) throws IOException {
    long at = position;
    int to = offset;
    int left = length;
    while (left > 0) {
      byte[] page = page(at);
      int in = (int) at & PAGE_BYTES - 1;
      int count = Math.min(left, PAGE_BYTES - in);
      System.arraycopy(page, in, target, to, count);
      at += count;
      to += count;
      left -= count;
    }
  }

  /** Text up to a NUL, in Latin-1 so that any byte is one character; cut at the longest length. */
  String text(long position, int longest) throws IOException {
    var text = new StringBuilder();
    for (long at = position; at < size && text.length() < longest; at++) {
      int c = u8(at);
      if (c == 0) {
        break;
      }
      text.append((char) c);
    }
    return text.toString();
  }
}
