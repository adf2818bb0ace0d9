// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;

/**
 * LZMA without any header, for formats that carry size and properties themselves: GRUB's BIOS core
 * image takes lc 3, lp 0, pb 2, a dictionary of 64 KiB and no end marker.
 */
public final class RawLzma {
  /** The dictionary of GRUB's decoder. */
  public static final int GRUB_DICTIONARY_BYTES = 1 << 16;

  private static final int LC = 3;
  private static final int LP = 0;
  private static final int PB = 2;

  private RawLzma() {}

  /** Encodes with lc 3, lp 0, pb 2, without an end marker. */
  public static byte[] encode(byte[] bytes, int dictionaryBytes) {
    var out = new ByteArrayOutputStream();
    try {
      var options =
          new LZMA2Options(
              dictionaryBytes,
              LC,
              LP,
              PB,
              LZMA2Options.MODE_NORMAL,
              LZMA2Options.NICE_LEN_MAX,
              LZMA2Options.MF_BT4,
              0);
      try (var encoder = new LZMAOutputStream(out, options, false, BasicArrayCache.getInstance())) {
        encoder.write(bytes);
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  /** Decodes what {@link #encode} makes; the size must be known. */
  public static byte[] decode(byte[] raw, int sizeBytes, int dictionaryBytes, String source)
      throws IOException {
    try (InputStream in =
        DecoderStream.open(
            new ByteArrayInputStream(raw),
            source,
            sizeBytes,
            packed ->
                new LZMAInputStream(
                    packed,
                    sizeBytes,
                    LC,
                    LP,
                    PB,
                    dictionaryBytes,
                    null,
                    BasicArrayCache.getInstance()))) {
      byte[] bytes = in.readAllBytes();
      if (bytes.length < sizeBytes) {
        throw new FormatException(
            source + ": unpacks to " + bytes.length + " bytes, expected " + sizeBytes);
      }
      return bytes;
    }
  }
}
