// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import dev.slipway.io.FormatException;
import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.lzo.LzoDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Adler32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * Compression of single blocks that lie in memory, as file systems use it: what comes out has a
 * known largest size, and each block stands alone.
 *
 * <p>As with {@link Codec}, encoders depend on nothing but the input and this library's version,
 * and decoders end with {@link FormatException} on anything that is not as it should be. Stateless:
 * any number of threads may use one.
 */
public enum BlockCodec {
  /** RFC 1950: deflate with a header of two bytes and a checksum. */
  ZLIB,

  /** The older .lzma format. Read only. */
  LZMA,

  /** LZO1X without any frame. Read only. */
  LZO,

  /** The .xz format, one stream, with CRC-32 and a dictionary no larger than the block. */
  XZ,

  /** LZ4 without any frame. Read only. */
  LZ4,

  /** RFC 8878, one frame. */
  ZSTD;

  /** Each has tables of a megabyte, which are as costly to make as a block is to compress. */
  private static final ThreadLocal<ZstdEncoder> ZSTD_ENCODERS =
      ThreadLocal.withInitial(ZstdEncoder::new);

  private static final int MEMORY_KIB = 96 << 10;
  private static final int ZLIB_HEADER = 0x789c;

  /** Whether {@link #encode} can be asked. */
  public boolean canEncode() {
    return this == ZLIB || this == XZ || this == ZSTD;
  }

  /**
   * Compresses a block.
   *
   * @param dictionaryBytes how far matches may look back at most, for {@link #XZ}: a power of two
   * @return the compressed bytes, which may be more than the given ones
   */
  public byte[] encode(byte[] block, int offset, int length, int dictionaryBytes) {
    try {
      return switch (this) {
        case ZLIB -> zlib(block, offset, length);
        case XZ -> xz(block, offset, length, dictionaryBytes);
        case ZSTD -> ZSTD_ENCODERS.get().encode(block, offset, length);
        default -> throw new UnsupportedOperationException(this + " is only read");
      };
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
  }

  private static byte[] zlib(byte[] block, int offset, int length) throws IOException {
    var out = new ByteArrayOutputStream(length / 2 + 64);
    out.write(ZLIB_HEADER >>> 8);
    out.write(ZLIB_HEADER);
    var deflate = new Deflate(out);
    deflate.write(block, offset, length);
    deflate.finish();
    var checksum = new Adler32();
    checksum.update(block, offset, length);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write((int) (checksum.getValue() >>> shift));
    }
    return out.toByteArray();
  }

  private static byte[] xz(byte[] block, int offset, int length, int dictionaryBytes)
      throws IOException {
    var options = new LZMA2Options();
    options.setDictSize(Math.max(LZMA2Options.DICT_SIZE_MIN, dictionaryBytes));
    var out = new ByteArrayOutputStream(length / 2 + 64);
    try (OutputStream encoder =
        new XZOutputStream(
            out, options, org.tukaani.xz.XZ.CHECK_CRC32, BasicArrayCache.getInstance())) {
      encoder.write(block, offset, length);
    }
    return out.toByteArray();
  }

  /**
   * Decompresses a block. All the given bytes belong to it.
   *
   * @param target takes what comes out, which must not be more than fits
   * @param source the block's name in error messages
   * @return how many bytes came out
   */
  public int decode(byte[] packed, int offset, int length, byte[] target, String source)
      throws FormatException {
    try {
      return switch (this) {
        case ZLIB -> inflate(packed, offset, length, target);
        case LZMA ->
            readAll(
                new LZMAInputStream(
                    new ByteArrayInputStream(packed, offset, length),
                    MEMORY_KIB,
                    BasicArrayCache.getInstance()),
                target);
        case XZ ->
            readAll(
                new XZInputStream(
                    new ByteArrayInputStream(packed, offset, length),
                    MEMORY_KIB,
                    true,
                    BasicArrayCache.getInstance()),
                target);
        case ZSTD -> atOnce(new ZstdDecompressor(), packed, offset, length, target);
        case LZ4 -> atOnce(new Lz4Decompressor(), packed, offset, length, target);
        case LZO -> atOnce(new LzoDecompressor(), packed, offset, length, target);
      };
    } catch (IOException | DataFormatException | RuntimeException e) {
      String detail = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
      throw new FormatException(
          source + ": the " + name() + " data of " + length + " bytes is damaged" + detail, e);
    }
  }

  private static int atOnce(
      Decompressor decompressor, byte[] packed, int offset, int length, byte[] target) {
    return decompressor.decompress(packed, offset, length, target, 0, target.length);
  }

  private static int inflate(byte[] packed, int offset, int length, byte[] target)
      throws DataFormatException, CorruptException {
    var inflater = new Inflater();
    try {
      inflater.setInput(packed, offset, length);
      int count = inflater.inflate(target);
      if (!inflater.finished()) {
        inflater.inflate(new byte[1]);
      }
      if (!inflater.finished()) {
        throw new CorruptException(
            inflater.needsInput() ? "it ends early" : "more than " + target.length + " bytes");
      }
      return count;
    } finally {
      inflater.end();
    }
  }

  private static int readAll(InputStream decoder, byte[] target) throws IOException {
    try (decoder) {
      int count = decoder.readNBytes(target, 0, target.length);
      if (count == target.length && decoder.read() >= 0) {
        throw new CorruptException("more than " + target.length + " bytes");
      }
      return count;
    }
  }
}
