// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Frames LZMA2.
 *
 * <pre>
 *   0x00                                               the end
 *   0x01, 0x02  size-1 (2, big-endian)  data           stored; 0x01 resets the dictionary
 *   0x80..0xff  size-1 (5 bits here, 2 bytes)
 *               packed size-1 (2)
 *               properties (1, from 0xc0 on)  data     compressed
 * </pre>
 */
final class Chunks {
  /** No symbol takes more bytes, which the encoders of the LZMA SDK rely on too. */
  static final int SYMBOL_MAX = 26;

  static final int PLAIN_MAX = 1 << 21;
  static final int STORED_MAX = 1 << 16;
  private static final int STORED_HEADER = 3;

  /** A compressed chunk that has this much in it has room for one more symbol. */
  static final int PACKED_MAX = (1 << 16) - SYMBOL_MAX - STORED_HEADER;

  private static final int PACKED_HEADER = 5;
  private static final int STORED_ANEW = 1;
  private static final int STORED = 2;
  private static final int PACKED = 0x80;
  private static final int RESET_STATE = 1 << 5;
  private static final int RESET_PROPERTIES = 2 << 5;
  private static final int RESET_DICTIONARY = 3 << 5;

  private final OutputStream out;
  private final int properties;
  private int reset = RESET_DICTIONARY;

  Chunks(OutputStream out, Parameters parameters) {
    this.out = out;
    properties =
        (parameters.positionBits() * 5 + parameters.literalPositionBits()) * 9
            + parameters.contextBits();
  }

  /** Whether the next compressed chunk starts with models that know nothing. */
  boolean startsAnew() {
    return reset != 0;
  }

  /** Writes a chunk as it is, of at most {@value #STORED_MAX} bytes. */
  void store(byte[] bytes, int start, int length) throws IOException {
    out.write(reset == RESET_DICTIONARY ? STORED_ANEW : STORED);
    u16(length - 1);
    out.write(bytes, start, length);
    reset = reset >= RESET_PROPERTIES ? RESET_PROPERTIES : RESET_STATE;
  }

  /**
   * Writes a compressed chunk, or stores what would not get smaller, after which models start anew.
   */
  void pack(byte[] bytes, int start, int plain, RangeOutput range) throws IOException {
    int packed = range.size();
    int header = PACKED_HEADER + (reset >= RESET_PROPERTIES ? 1 : 0);
    if (header + packed > STORED_HEADER + plain) {
      store(bytes, start, plain);
      return;
    }
    out.write(PACKED | reset | plain - 1 >>> 16);
    u16(plain - 1);
    u16(packed - 1);
    if (reset >= RESET_PROPERTIES) {
      out.write(properties);
    }
    out.write(range.finish(), 0, packed);
    reset = 0;
  }

  void end() throws IOException {
    out.write(0);
  }

  private void u16(int value) throws IOException {
    out.write(value >>> Byte.SIZE);
    out.write(value);
  }
}
