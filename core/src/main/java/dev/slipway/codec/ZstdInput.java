// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import io.airlift.compress.zstd.ZstdDecompressor;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/**
 * Reads zstd. A frame of moderate size is taken in whole and decoded at once, which is several
 * times as fast as decoding it piece by piece; a larger one is streamed.
 *
 * <pre>
 * frame:  28 b5 2f fd  descriptor  [window]  [dictionary id]  [content size]  block+  [checksum(4)]
 * block:  u24: last(1) type(2) size(21)   then the data: one byte for type 1, else size bytes
 * other:  5x 2a 4d 18  size(4)  data to skip
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878, section 3.1</a>
 */
final class ZstdInput extends InputStream {
  private static final int MAGIC = 0xfd2fb528;
  private static final int SKIPPABLE = 0x184d2a50;
  private static final int BLOCK_BYTES_MAX = 1 << 17;
  private static final int RUN_BLOCK = 1;

  /** What the library that decodes can look back at, and what the RFC asks of all decoders. */
  private static final long WINDOW_BYTES_MAX = 8 << 20;

  private static final int PACKED_BYTES_MAX = 2 << 20;
  private static final int UNPACKED_BYTES_MAX = 8 << 20;

  private final InputStream in;
  private InputStream frame = InputStream.nullInputStream();
  private boolean any;
  private boolean streaming;

  ZstdInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = frame.read(target, offset, length);
    while (count < 0 && !streaming && nextFrame()) {
      count = frame.read(target, offset, length);
    }
    return count;
  }

  /** Opens the next frame; false at the end of the input. */
  private boolean nextFrame() throws IOException {
    var packed = new ByteArrayOutputStream();
    int first = in.read();
    if (first < 0) {
      if (!any) {
        throw new EOFException();
      }
      return false;
    }
    any = true;
    packed.write(first);
    int magic = first | (int) take(packed, 3) << 8;
    if ((magic & 0xfffffff0) == SKIPPABLE) {
      in.skipNBytes(take(packed, 4));
      return true;
    }
    if (magic != MAGIC) {
      throw new CorruptException(String.format("not zstd: found %08x, expected fd2fb528", magic));
    }
    Header header = header(packed);
    long bound = 0;
    boolean last = false;
    while (!last && packed.size() <= PACKED_BYTES_MAX && bound <= UNPACKED_BYTES_MAX) {
      int block = (int) take(packed, 3);
      last = (block & 1) != 0;
      int type = block >>> 1 & 3;
      int size = block >>> 3;
      if (size > BLOCK_BYTES_MAX) {
        throw new CorruptException("a block of " + size + " bytes; at most 131072 are allowed");
      }
      bound += type <= RUN_BLOCK ? size : BLOCK_BYTES_MAX;
      takeBlock(packed, type == RUN_BLOCK ? 1 : size);
    }
    if (last && bound <= UNPACKED_BYTES_MAX) {
      if (header.checked()) {
        take(packed, 4);
      }
      frame = atOnce(packed.toByteArray(), header, (int) bound);
    } else {
      requireWindow(header);
      streaming = true;
      var start = new ByteArrayInputStream(packed.toByteArray());
      frame = new ZstdInputStream(new SequenceInputStream(start, in));
    }
    return true;
  }

  /** What matters of a frame's header; sizes are -1 when it does not have them. */
  private record Header(long windowBytes, long contentBytes, boolean checked) {}

  private Header header(ByteArrayOutputStream packed) throws IOException {
    int descriptor = (int) take(packed, 1);
    boolean single = (descriptor & 1 << 5) != 0;
    long window = -1;
    if (!single) {
      int exponentAndMantissa = (int) take(packed, 1);
      long base = 1L << 10 + (exponentAndMantissa >>> 3);
      window = base + base / 8 * (exponentAndMantissa & 7);
    }
    int dictionaryFlag = descriptor & 3;
    take(packed, dictionaryFlag == 3 ? 4 : dictionaryFlag);
    int sizeFlag = descriptor >>> 6;
    long content = -1;
    if (single || sizeFlag > 0) {
      content = take(packed, 1 << sizeFlag);
      content += sizeFlag == 1 ? 256 : 0;
    }
    return new Header(window, content, (descriptor & 1 << 2) != 0);
  }

  private InputStream atOnce(byte[] packed, Header header, int bound) throws IOException {
    if (header.contentBytes() > bound) {
      throw new CorruptException(
          "content size: found " + header.contentBytes() + ", the blocks hold at most " + bound);
    }
    requireWindow(header);
    byte[] unpacked = new byte[header.contentBytes() >= 0 ? (int) header.contentBytes() : bound];
    int size =
        new ZstdDecompressor().decompress(packed, 0, packed.length, unpacked, 0, unpacked.length);
    if (header.contentBytes() >= 0 && size != header.contentBytes()) {
      throw new CorruptException(
          "content size: found " + header.contentBytes() + ", the blocks hold " + size);
    }
    return new ByteArrayInputStream(unpacked, 0, size);
  }

  private static void requireWindow(Header header) throws CorruptException {
    if (header.windowBytes() > WINDOW_BYTES_MAX) {
      throw new CorruptException(
          "it needs a window of "
              + header.windowBytes()
              + " bytes; up to "
              + WINDOW_BYTES_MAX
              + " are supported (zstd --ultra and --long go beyond)");
    }
  }

  private void takeBlock(ByteArrayOutputStream packed, int size) throws IOException {
    byte[] block = in.readNBytes(size);
    if (block.length < size) {
      throw new EOFException();
    }
    packed.writeBytes(block);
  }

  /** Takes some bytes, at most eight, as a little-endian number. */
  private long take(ByteArrayOutputStream packed, int count) throws IOException {
    long value = 0;
    for (int i = 0; i < count; i++) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException();
      }
      packed.write(b);
      value |= (long) b << 8 * i;
    }
    return value;
  }
}
