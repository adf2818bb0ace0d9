// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.util.Arrays;

/**
 * Compresses to zstd, a frame at a time, with the tables of the last one: for many blocks of a file
 * system. About as small as zstd's third level.
 *
 * <pre>
 * frame:  28 b5 2f fd  descriptor  bytes(1, 2 or 4)  block+
 * block:  u24: last(1) type(2) size(21)   then the data
 * </pre>
 *
 * <p>The bytes depend on the input alone. Not for several threads at once.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878</a>
 */
final class ZstdEncoder {
  /** What a block holds at most. */
  static final int BLOCK_BYTES = 1 << 17;

  private static final int MAGIC = 0xfd2fb528;

  /** The whole content is the window, and its size is there. */
  private static final int SINGLE_SEGMENT = 1 << 5;

  private static final int HEADER_BYTES_MAX = 9;
  private static final int BLOCK_HEADER_BYTES = 3;
  private static final int RAW = 0;
  private static final int RUN = 1;
  private static final int COMPRESSED = 2;

  /** The worst that sections can come to before they are found to be too large. */
  private static final int SECTIONS_BYTES_MAX = 3 * BLOCK_BYTES;

  private final ZstdMatches matches = new ZstdMatches();
  private final ZstdLiterals literals = new ZstdLiterals();
  private final ZstdSequences sequences = new ZstdSequences();
  private byte[] out = new byte[0];

  /** Compresses some bytes; what comes out may be more. */
  byte[] encode(byte[] in, int offset, int length) {
    int blocks = Math.max(1, (length + BLOCK_BYTES - 1) / BLOCK_BYTES);
    int most = HEADER_BYTES_MAX + length + blocks * BLOCK_HEADER_BYTES + SECTIONS_BYTES_MAX;
    if (out.length < most) {
      out = new byte[most];
    }
    int at = header(length);
    matches.begin(in, offset, length);
    int end = offset + length;
    int from = offset;
    do {
      int to = Math.min(end, from + BLOCK_BYTES);
      at = block(in, from, to, to == end, at);
      from = to;
    } while (from < end);
    return Arrays.copyOf(out, at);
  }

  private int header(int length) {
    int at = number(MAGIC, 4, 0);
    if (length < 1 << 8) {
      at = number(SINGLE_SEGMENT, 1, at);
      return number(length, 1, at);
    }
    if (length < (1 << 16) + (1 << 8)) {
      at = number(SINGLE_SEGMENT | 1 << 6, 1, at);
      return number(length - (1 << 8), 2, at);
    }
    at = number(SINGLE_SEGMENT | 2 << 6, 1, at);
    return number(length, 4, at);
  }

  private int number(int value, int bytes, int position) {
    for (int i = 0; i < bytes; i++) {
      out[position + i] = (byte) (value >>> 8 * i);
    }
    return position + bytes;
  }

  private int block(byte[] in, int from, int to, boolean last, int position) {
    int length = to - from;
    int start = position + BLOCK_HEADER_BYTES;
    if (length > 1 && Arrays.equals(in, from, to - 1, in, from + 1, to)) {
      out[start] = in[from];
      blockHeader(last, RUN, length, position);
      return start + 1;
    }
    long before = matches.distancesNow();
    matches.find(from, to);
    int at = literals.write(matches.literals, matches.literalCount, out, start);
    at = sequences.write(matches, out, at);
    if (at - start < length) {
      blockHeader(last, COMPRESSED, at - start, position);
      return at;
    }
    matches.restore(before);
    System.arraycopy(in, from, out, start, length);
    blockHeader(last, RAW, length, position);
    return start + length;
  }

  private void blockHeader(boolean last, int type, int size, int position) {
    number((last ? 1 : 0) | type << 1 | size << 3, BLOCK_HEADER_BYTES, position);
  }
}
