// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import dev.slipway.io.FormatException;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** How a member of a package is compressed, told by the end of its name. */
enum Compression {
  NONE,
  GZIP,
  XZ,
  ZSTD,
  BZIP2,
  LZMA;

  /**
   * {@code xz -9} needs 65 MiB to decode; a header that asks for more is not from a package
   * builder.
   */
  private static final int XZ_MEMORY_MAX_KIB = 66 << 10;

  static Compression ofSuffix(String suffix, String where) throws FormatException {
    return switch (suffix) {
      case "" -> NONE;
      case ".gz" -> GZIP;
      case ".xz" -> XZ;
      case ".zst" -> ZSTD;
      case ".bz2" -> BZIP2;
      case ".lzma" -> LZMA;
      default ->
          throw new FormatException(
              where + ": compressed in a way we do not read: \"" + suffix + "\"");
    };
  }

  InputStream decode(InputStream in, String where) throws IOException {
    try {
      return new Named(decoder(in), where);
    } catch (IOException | RuntimeException e) {
      throw damaged(where, e);
    }
  }

  private InputStream decoder(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new GZIPInputStream(in, 1 << 16);
      case XZ -> new XZInputStream(in, XZ_MEMORY_MAX_KIB);
      case ZSTD -> new ZstdInputStream(in);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
      case LZMA -> new LZMAInputStream(in, XZ_MEMORY_MAX_KIB);
    };
  }

  private static FormatException damaged(String where, Exception cause) {
    String what =
        cause instanceof EOFException
            ? "cut off"
            : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new FormatException(where + ": damaged: " + what, cause);
  }

  /** Decoders throw all kinds of exceptions at damaged data; one comes out. */
  private static final class Named extends FilterInputStream {
    private final String where;

    Named(InputStream in, String where) {
      super(in);
      this.where = where;
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (IOException | RuntimeException e) {
        throw damaged(where, e);
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      java.util.Objects.checkFromIndexSize(offset, length, target.length);
      try {
        return in.read(target, offset, length);
      } catch (IOException | RuntimeException e) {
        throw damaged(where, e);
      }
    }
  }
}
