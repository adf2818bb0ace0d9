// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2Options;

/**
 * What raw LZMA2 is made of.
 *
 * <pre>
 *   0x00                                               the end
 *   0x01, 0x02  size-1 (2, big-endian)  data           stored; 0x01 resets the dictionary
 *   0x80..0xff  size-1 (5 bits here, 2 bytes)
 *               packed size-1 (2)
 *               properties (1, from 0xc0 on)  data     compressed
 * </pre>
 *
 * @see <a href="https://tukaani.org/xz/format.html">the .xz format, of which LZMA2 is a filter</a>
 */
final class Lzma2 {
  static final int HEADER_MAX = 6;
  static final int STORED_HEADER = 3;

  /** How many bytes a stored chunk holds at most. */
  static final int STORED_MAX = 1 << 16;

  private static final int COMPRESSED = 0x80;
  private static final int WITH_PROPERTIES = 0xc0;
  private static final int BUFFER = 1 << 16;

  private Lzma2() {}

  static void compress(BlockSource plain, LZMA2Options options, OutputStream out)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (OutputStream encoder =
            options.getOutputStream(
                new FinishableWrapperOutputStream(new Unclosed(out)),
                BasicArrayCache.getInstance());
        var in = plain.stream(0, plain.size())) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        encoder.write(buffer, 0, count);
      }
    }
  }

  static InputStream decoder(InputStream in, int dictionaryBytes) throws IOException {
    var options = new LZMA2Options();
    options.setDictSize(Math.max(LZMA2Options.DICT_SIZE_MIN, dictionaryBytes));
    return options.getInputStream(in, BasicArrayCache.getInstance());
  }

  static boolean isChunk(int control) {
    return isCompressed(control) || isStored(control);
  }

  static boolean isStored(int control) {
    return control == 1 || control == 2;
  }

  private static boolean isCompressed(int control) {
    return (control & COMPRESSED) != 0;
  }

  static int headerBytes(int control) {
    int c = control & 0xff;
    return c < COMPRESSED ? STORED_HEADER : c < WITH_PROPERTIES ? HEADER_MAX - 1 : HEADER_MAX;
  }

  /** How many bytes follow a header. */
  static int dataBytes(byte[] header) {
    return isCompressed(header[0]) ? u16(header, 3) + 1 : u16(header, 1) + 1;
  }

  /** How many bytes come out of a chunk. */
  static int plainBytes(byte[] header) {
    int high = isCompressed(header[0]) ? (header[0] & 0x1f) << 16 : 0;
    return high + u16(header, 1) + 1;
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  /** Keeps the stream below open when the encoder is closed. */
  private static final class Unclosed extends OutputStream {
    private final OutputStream out;

    Unclosed(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() {}
  }
}
