// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Looks whether a member really starts at a place, and where it ends. */
final class MemberProbe {
  private static final int INPUT_BYTES = 1 << 13;
  private static final int PLAIN_BYTES = 1 << 15;

  private final BlockSource source;
  private final long offset;
  private final long limit;
  private final long plainMax;
  private long work;

  /**
   * @param limit the member must end here or before
   * @param plainMax how many bytes it may unpack to
   */
  MemberProbe(BlockSource source, long offset, long limit, long plainMax) {
    this.source = source;
    this.offset = offset;
    this.limit = limit;
    this.plainMax = plainMax;
  }

  /** How many bytes were unpacked or walked over. */
  long work() {
    return work;
  }

  /** The member. */
  Member member(MemberKind kind) throws IOException {
    return switch (kind) {
      case GZIP -> gzip();
      case ZLIB -> zlib();
      case XZ -> xz();
      case ZSTD -> zstd();
    };
  }

  private Member gzip() throws IOException {
    int header = GzipHeader.length(source, offset, limit);
    if (header < 0) {
      throw new FormatException(at(offset) + "found no gzip header");
    }
    var crc = new CRC32();
    long end = inflate(offset + header, crc);
    if (limit - end < GzipHeader.TRAILER_BYTES) {
      throw new FormatException(at(end) + "found the end, expected a checksum");
    }
    ByteBuffer trailer =
        ByteBuffer.wrap(source.readFully(end, GzipHeader.TRAILER_BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    int sum = trailer.getInt();
    int size = trailer.getInt();
    if (sum != (int) crc.getValue() || size != (int) work) {
      throw new FormatException(at(end) + "the checksum or the size differs from what is unpacked");
    }
    return new Member(offset, end + GzipHeader.TRAILER_BYTES - offset, MemberKind.GZIP, work);
  }

  private Member zlib() throws IOException {
    var sum = new Adler32();
    long end = inflate(offset + ZlibHeader.BYTES, sum);
    if (limit - end < ZlibHeader.TRAILER_BYTES) {
      throw new FormatException(at(end) + "found the end, expected a checksum");
    }
    int told = ByteBuffer.wrap(source.readFully(end, ZlibHeader.TRAILER_BYTES)).getInt();
    if (told != (int) sum.getValue()) {
      throw new FormatException(at(end) + "the checksum differs from that of what is unpacked");
    }
    return new Member(offset, end + ZlibHeader.TRAILER_BYTES - offset, MemberKind.ZLIB, work);
  }

  /** Unpacks deflated data; returns the position behind it. */
  private long inflate(long start, Checksum sum) throws IOException {
    byte[] packed = new byte[INPUT_BYTES];
    byte[] plain = new byte[PLAIN_BYTES];
    var inflater = new Inflater(true);
    try {
      long at = start;
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          int count = (int) Math.min(packed.length, limit - at);
          if (count == 0) {
            throw new FormatException(at(at) + "the deflated data does not end");
          }
          source.readFully(at, ByteBuffer.wrap(packed, 0, count));
          at += count;
          inflater.setInput(packed, 0, count);
        }
        int count = inflater.inflate(plain);
        sum.update(plain, 0, count);
        work += count;
        if (work > plainMax || inflater.needsDictionary()) {
          throw new FormatException(at(at) + "unpacks to more than " + plainMax + " bytes");
        }
      }
      return at - inflater.getRemaining();
    } catch (DataFormatException e) {
      throw new FormatException(at(start) + "no deflated data: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  private Member xz() throws IOException {
    XzStructure structure = XzStructure.read(source, offset, limit);
    requirePlain(structure.plainBytes());
    return new Member(offset, structure.bytes(), MemberKind.XZ, structure.plainBytes());
  }

  private Member zstd() throws IOException {
    long length = ZstdStructure.length(source, offset, limit);
    var unknown = new Member(offset, length, MemberKind.ZSTD, plainMax);
    byte[] plain = new byte[PLAIN_BYTES];
    try (var in = unknown.plain(source)) {
      for (int count = in.read(plain); count >= 0; count = in.read(plain)) {
        work += count;
      }
    }
    return new Member(offset, length, MemberKind.ZSTD, work);
  }

  private void requirePlain(long plainBytes) throws FormatException {
    if (plainBytes > plainMax) {
      throw new FormatException(at(offset) + "unpacks to " + plainBytes + " bytes");
    }
  }

  private static String at(long position) {
    return "member: byte " + position + ": ";
  }
}
