// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import dev.slipway.io.CountingOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * Writes an .xz file of one block, compressed by {@link ThoroughLzma2}, with a CRC-32 of what it
 * holds.
 *
 * <pre>
 *   header   fd "7zXZ" 00 | 00 01 (flags: CRC-32) | CRC-32 of the flags
 *   block    size/4-1 | 00 (one filter, no sizes) | 21 01 dictionary | padding | CRC-32
 *            LZMA2 | padding | CRC-32 of the plain bytes
 *   index    00 | 01 | unpadded size of the block | plain size | padding | CRC-32
 *   footer   CRC-32 of what follows up to the magic | size of the index/4-1 | 00 01 | "YZ"
 * </pre>
 *
 * Numbers are little-endian; sizes in the index have 7 bits a byte, the lowest first.
 *
 * @see <a href="https://tukaani.org/xz/xz-file-format.txt">The .xz file format 1.2.1</a>
 */
public final class XzOutput extends OutputStream {
  private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final byte[] FLAGS = {0, 1};
  private static final int BLOCK_HEADER_BYTES = 12;
  private static final int LZMA2_FILTER = 0x21;
  private static final int INDEX_MAX = 32;
  private static final int FOOTER_BYTES = 12;
  private static final int UNIT = 4;

  private final CountingOutputStream out;
  private final ThoroughLzma2 encoder;
  private final CRC32 check = new CRC32();
  private final long blockStart;
  private long plainBytes;
  private boolean closed;

  /**
   * Starts a file.
   *
   * @param size how many bytes will be written, or more: memory is taken for no more than those
   */
  public XzOutput(OutputStream out, Parameters parameters, long size) throws IOException {
    this.out = new CountingOutputStream(out);
    this.out.write(MAGIC);
    this.out.write(FLAGS);
    this.out.write(checked(ByteBuffer.wrap(FLAGS)));
    blockStart = this.out.count();
    ByteBuffer header = ByteBuffer.allocate(BLOCK_HEADER_BYTES - UNIT);
    header.put((byte) (BLOCK_HEADER_BYTES / UNIT - 1)).put((byte) 0);
    header.put((byte) LZMA2_FILTER).put((byte) 1);
    header.put((byte) dictionary(parameters.dictionaryBytes()));
    this.out.write(header.array());
    this.out.write(checked(header.rewind()));
    encoder = new ThoroughLzma2(this.out, parameters, size);
  }

  /** The smallest size that the format can tell and that is enough: 2 or 3 times a power of two. */
  private static int dictionary(int bytes) {
    int code = 0;
    while ((2 | code & 1) << (code >>> 1) + 11 < bytes) {
      code++;
    }
    return code;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    check.update(bytes, offset, length);
    plainBytes += length;
    encoder.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      encoder.finish();
      long unpadded = out.count() - blockStart + UNIT;
      pad();
      out.write(number(check));
      long indexStart = out.count();
      out.write(index(unpadded));
      out.write(footer(out.count() - indexStart));
    }
  }

  private void pad() throws IOException {
    while (out.count() % UNIT != 0) {
      out.write(0);
    }
  }

  private byte[] index(long unpadded) {
    ByteBuffer index = ByteBuffer.allocate(INDEX_MAX).put((byte) 0);
    putSize(index, 1);
    putSize(index, unpadded);
    putSize(index, plainBytes);
    while (index.position() % UNIT != 0) {
      index.put((byte) 0);
    }
    index.flip();
    ByteBuffer whole = ByteBuffer.allocate(index.remaining() + UNIT).put(index);
    return whole.put(checked(index.rewind())).array();
  }

  private static void putSize(ByteBuffer to, long size) {
    long rest = size;
    for (; rest >= 0x80; rest >>>= 7) {
      to.put((byte) (rest | 0x80));
    }
    to.put((byte) rest);
  }

  private static byte[] footer(long indexBytes) {
    ByteBuffer told = ByteBuffer.allocate(UNIT + FLAGS.length).order(ByteOrder.LITTLE_ENDIAN);
    told.putInt((int) (indexBytes / UNIT) - 1).put(FLAGS).flip();
    return ByteBuffer.allocate(FOOTER_BYTES)
        .put(checked(told))
        .put(told.rewind())
        .put((byte) 'Y')
        .put((byte) 'Z')
        .array();
  }

  private static byte[] checked(ByteBuffer bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return number(crc);
  }

  private static byte[] number(CRC32 crc) {
    return ByteBuffer.allocate(UNIT)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) crc.getValue())
        .array();
  }
}
