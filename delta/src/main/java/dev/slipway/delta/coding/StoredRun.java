// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Stored LZMA2 chunks, one behind the other, as a frame holds them: under one header, so that data
 * that cannot be compressed costs next to nothing.
 *
 * <pre>
 *   control of the first chunk (1)   size - 1 (3, big-endian)   bytes of all chunks
 * </pre>
 */
final class StoredRun {
  /** How many bytes a run holds at most: what a reader must have in memory to check it. */
  static final int SIZE_MAX = 1 << 19;

  static final int HEADER = 4;

  /** The control byte of a stored chunk that keeps the dictionary. */
  private static final byte GOES_ON = 2;

  private StoredRun() {}

  /** Whether a run of so many bytes takes up the chunk whose header follows. */
  static boolean goesOn(int size, byte[] header) {
    return header[0] == GOES_ON && size + Lzma2.dataBytes(header) <= SIZE_MAX;
  }

  /** A run of the chunks. */
  static byte[] joined(byte[] chunks) {
    var data = new ByteArrayOutputStream(chunks.length);
    int at = 0;
    while (at < chunks.length) {
      int size = (chunks[at + 1] & 0xff) << 8 | chunks[at + 2] & 0xff;
      data.write(chunks, at + Lzma2.STORED_HEADER, size + 1);
      at += Lzma2.STORED_HEADER + size + 1;
    }
    int size = data.size() - 1;
    return ByteBuffer.allocate(HEADER + data.size())
        .put(chunks[0])
        .put((byte) (size >> 16))
        .putShort((short) size)
        .put(data.toByteArray())
        .array();
  }

  /** How many bytes follow the header of a run. */
  static int dataBytes(byte[] header) {
    return ((header[1] & 0xff) << 16 | (header[2] & 0xff) << 8 | header[3] & 0xff) + 1;
  }

  /** The chunks of a run: of the largest size, but for the last. */
  static byte[] chunks(byte[] run) {
    int left = run.length - HEADER;
    int count = (left + Lzma2.STORED_MAX - 1) / Lzma2.STORED_MAX;
    ByteBuffer out = ByteBuffer.allocate(left + count * Lzma2.STORED_HEADER);
    byte control = run[0];
    while (left > 0) {
      int size = Math.min(left, Lzma2.STORED_MAX);
      out.put(control).putShort((short) (size - 1)).put(run, run.length - left, size);
      control = GOES_ON;
      left -= size;
    }
    return out.array();
  }
}
