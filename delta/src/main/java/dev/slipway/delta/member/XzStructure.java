// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * What an .xz stream consists of, read without unpacking it.
 *
 * <pre>
 * stream:  fd '7zXZ' 00 flags(2) CRC32(4)  block*  index  CRC32(4) backward size(4) flags(2) 'YZ'
 * block:   size/4-1 flags(1) [packed size] [plain size] filters, zeros, CRC32(4)
 *          LZMA2 chunks  zeros to 4  check
 * index:   00 count (unpadded size, plain size)* zeros to 4 CRC32(4)
 * </pre>
 *
 * @see <a href="https://tukaani.org/xz/xz-file-format.txt">The .xz file format 1.1.0</a>
 */
final class XzStructure {
  static final int HEADER_BYTES = 12;
  static final int FOOTER_BYTES = 12;

  private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final int[] CHECK_BYTES = {
    0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64
  };

  /** More blocks than this are not looked through. */
  private static final int BLOCKS_MAX = 1 << 16;

  /**
   * A block.
   *
   * @param header the whole header, with its checksum
   * @param packedBytes of the LZMA2 data
   */
  record Block(byte[] header, long packedOffset, long packedBytes, long plainBytes) {}

  private final BlockSource source;
  private final long offset;
  private final long limit;
  private final List<Block> blocks = new ArrayList<>();
  private int check;
  private long at;

  private XzStructure(BlockSource source, long offset, long limit) {
    this.source = source;
    this.offset = offset;
    this.limit = limit;
  }

  /** Whether some bytes may start a stream. */
  static boolean looksLikeOne(byte[] bytes, int at) {
    return Arrays.equals(bytes, at, at + MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** Reads the structure of the stream at a place; it must end at {@code limit} or before. */
  static XzStructure read(BlockSource source, long offset, long limit) throws IOException {
    var structure = new XzStructure(source, offset, limit);
    structure.read();
    return structure;
  }

  List<Block> blocks() {
    return blocks;
  }

  /** Which check the blocks have: 0 none, 1 CRC32, 4 CRC64, 10 SHA-256. */
  int check() {
    return check;
  }

  /** The stream's length. */
  long bytes() {
    return at - offset;
  }

  long plainBytes() {
    long sum = 0;
    for (Block block : blocks) {
      sum += block.plainBytes();
    }
    return sum;
  }

  /** The largest dictionary of its blocks. */
  long dictionaryBytes() throws IOException {
    long most = 0;
    for (Block block : blocks) {
      most = Math.max(most, XzBlockHeader.read(block.header()).dictionary());
    }
    return most;
  }

  private void read() throws IOException {
    at = offset;
    byte[] header = take(HEADER_BYTES);
    boolean good =
        looksLikeOne(header, 0)
            && header[6] == 0
            && (header[7] & 0xf0) == 0
            && crc(header, 6, 2)
                == ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
    if (!good) {
      throw failure("no stream header");
    }
    check = header[7];
    int size = u8();
    while (size != 0) {
      if (blocks.size() == BLOCKS_MAX) {
        throw failure("more than " + BLOCKS_MAX + " blocks");
      }
      at--;
      readBlock((size + 1) * 4);
      size = u8();
    }
    readIndex(at - 1);
  }

  private void readBlock(int headerBytes) throws IOException {
    byte[] header = take(headerBytes);
    if (crc(header, 0, headerBytes - 4)
        != ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(headerBytes - 4)) {
      throw failure("the checksum of a block's header differs");
    }
    long start = at;
    long plain = 0;
    for (int control = u8(); control != 0; control = u8()) {
      byte[] sizes = take(control < 0x80 ? 2 : 4);
      int first = (sizes[0] & 0xff) << 8 | sizes[1] & 0xff;
      if (control < 0x80) {
        if (control > 2) {
          throw failure("no chunk has the control byte " + control);
        }
        plain += first + 1;
        at += first + 1;
      } else {
        plain += ((control & 0x1f) << 16) + first + 1;
        at += ((sizes[2] & 0xff) << 8 | sizes[3] & 0xff) + 1 + (control >= 0xc0 ? 1 : 0);
      }
    }
    blocks.add(new Block(header, start, at - start, plain));
    at += -(at - start) & 3;
    at += CHECK_BYTES[check];
  }

  private void readIndex(long start) throws IOException {
    if (number() != blocks.size()) {
      throw failure("the index lists another number of blocks");
    }
    for (Block block : blocks) {
      long unpadded = block.header().length + block.packedBytes() + CHECK_BYTES[check];
      if (number() != unpadded || number() != block.plainBytes()) {
        throw failure("the index and a block differ in size");
      }
    }
    at += -(at - start) & 3;
    long size = at - start;
    if (size > 1 << 21) {
      throw failure("an index of " + size + " bytes");
    }
    byte[] index = source.readFully(start, (int) size);
    ByteBuffer end = ByteBuffer.wrap(take(4 + FOOTER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    boolean good =
        end.getInt(0) == crc(index, 0, index.length)
            && end.getInt(4) == crc(end.array(), 8, 6)
            && (end.getInt(8) + 1L) * 4 == size + 4
            && end.get(12) == 0
            && end.get(13) == check
            && end.getShort(14) == ('Y' | 'Z' << 8);
    if (!good) {
      throw failure("the index or the footer is damaged");
    }
  }

  private long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int piece = u8();
      value |= (long) (piece & 0x7f) << shift;
      if (piece < 0x80) {
        return value;
      }
    }
    throw failure("a number of more than 63 bits");
  }

  private int u8() throws IOException {
    return take(1)[0] & 0xff;
  }

  private byte[] take(int count) throws IOException {
    if (count > limit - at) {
      throw failure("it does not end before byte " + limit);
    }
    at += count;
    return source.readFully(at - count, count);
  }

  private static int crc(byte[] bytes, int from, int count) {
    var crc = new CRC32();
    crc.update(bytes, from, count);
    return (int) crc.getValue();
  }

  private FormatException failure(String what) {
    return new FormatException("xz stream at byte " + offset + ": byte " + at + ": " + what);
  }
}
