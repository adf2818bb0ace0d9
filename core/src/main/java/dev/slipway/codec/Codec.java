// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import dev.slipway.io.FormatException;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * The compressions that archives and file systems use, behind one door.
 *
 * <p>Decoders check what the format lets them check, end with {@link FormatException} on anything
 * that is not as it should be, and give up when the output grows beyond a limit. What encoders
 * write depends on nothing but the input and this library's version.
 *
 * <pre>{@code
 * try (InputStream in = Codec.XZ.decode(file, "data.tar.xz", Size.gib(2).bytes())) { ... }
 * }</pre>
 */
public enum Codec {
  /** Bytes as they are. */
  NONE(""),

  /** RFC 1952, one member or several. */
  GZIP(".gz"),

  /** The .xz format, one stream or several. */
  XZ(".xz"),

  /** The older .lzma format. */
  LZMA(".lzma"),

  /** RFC 8878, one frame or several. */
  ZSTD(".zst");

  /** No limit on the output. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** How many bytes {@link #detect} wants to see. */
  public static final int DETECT_BYTES = 6;

  /** What one xz or LZMA decoder may use: preset -9 wants 65 MiB. */
  private static final int MEMORY_KIB = 96 << 10;

  private final String suffix;

  Codec(String suffix) {
    this.suffix = suffix;
  }

  /** What names of such files end with: {@code .gz}; empty for {@link #NONE}. */
  public String suffix() {
    return suffix;
  }

  /**
   * Which compression some bytes start with; {@link #NONE} when they look like none. Never {@link
   * #LZMA}, which has no magic number.
   */
  public static Codec detect(byte[] start) {
    if (startsWith(start, 0x1f, 0x8b)) {
      return GZIP;
    }
    if (startsWith(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return XZ;
    }
    boolean skippable =
        start.length >= 4
            && (start[0] & 0xf0) == 0x50
            && startsWith(new byte[] {start[1], start[2], start[3]}, 0x2a, 0x4d, 0x18);
    return skippable || startsWith(start, 0x28, 0xb5, 0x2f, 0xfd) ? ZSTD : NONE;
  }

  private static boolean startsWith(byte[] start, int... magic) {
    if (start.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((start[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** Which compression a file's name speaks of; {@link #NONE} for all other names. */
  public static Codec ofFileName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Codec codec : values()) {
      if (codec != NONE && lower.endsWith(codec.suffix)) {
        return codec;
      }
    }
    return NONE;
  }

  /**
   * Opens a decoder over a stream. It reads the stream to its end, and closing it closes the
   * stream.
   *
   * @param source the input's name in error messages
   * @param maxBytes how much may come out before the input is taken for a decompression bomb
   */
  public InputStream decode(InputStream in, String source, long maxBytes) throws IOException {
    return DecoderStream.open(in, source, maxBytes, packed -> decoder(packed, true));
  }

  /**
   * As {@link #decode(InputStream, String, long)}, for input whose own digest has been checked:
   * leaves out the checksum of the .xz format over what comes out, which takes a twelfth of the
   * time.
   */
  public InputStream decodeVerified(InputStream in, String source, long maxBytes)
      throws IOException {
    return DecoderStream.open(in, source, maxBytes, packed -> decoder(packed, false));
  }

  /** As {@link #decode(InputStream, String, long)}, however much comes out. */
  public InputStream decode(InputStream in, String source) throws IOException {
    return decode(in, source, UNLIMITED);
  }

  /** Decodes an array. */
  public byte[] decode(byte[] compressed, String source, int maxBytes) throws IOException {
    try (InputStream in = decode(new ByteArrayInputStream(compressed), source, maxBytes)) {
      return in.readAllBytes();
    }
  }

  private InputStream decoder(InputStream in, boolean checksum) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new GzipInputStream(in);
      case XZ -> new XZInputStream(in, MEMORY_KIB, checksum, BasicArrayCache.getInstance());
      case LZMA ->
          new LzmaToTheEnd(new LZMAInputStream(in, MEMORY_KIB, BasicArrayCache.getInstance()), in);
      case ZSTD -> new ZstdInput(in);
    };
  }

  /** Opens an encoder. Closing it ends the compressed form and closes the stream. */
  public OutputStream encode(OutputStream out) throws IOException {
    return switch (this) {
      case NONE -> out;
      case GZIP -> new GzipOutputStream(out);
      case XZ -> new XZOutputStream(out, new LZMA2Options(), BasicArrayCache.getInstance());
      case LZMA -> new LZMAOutputStream(out, new LZMA2Options(), -1, BasicArrayCache.getInstance());
      case ZSTD -> new ZstdOutputStream(out);
    };
  }

  /** Encodes an array. */
  public byte[] encode(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (OutputStream encoder = encode(out)) {
      encoder.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }
}
