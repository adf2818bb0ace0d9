// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.codec.Codec;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.InputStream;

/**
 * A compressed stream that lies in other bytes.
 *
 * @param offset its first byte's position in the source it was found in
 * @param length how many bytes it has there
 * @param kind its format
 * @param plainLength how many bytes it unpacks to
 */
public record Member(long offset, long length, MemberKind kind, long plainLength) {
  /** Window, tables and buffers. */
  private static final long INFLATER_BYTES = 1 << 18;

  /** What an xz decoder holds beside its dictionary. */
  private static final long XZ_DECODER_BYTES = 1 << 18;

  /** A window or a whole frame of 8 MiB, and what is packed. */
  private static final long ZSTD_DECODER_BYTES = 16 << 20;

  public Member {
    if (offset < 0 || length <= 0 || plainLength < 0) {
      throw new IllegalArgumentException(
          "member at " + offset + " of " + length + " bytes, " + plainLength + " unpacked");
    }
  }

  /**
   * Opens its plain text. Reading ends with {@code FormatException} if the member is not what it
   * was when it was found.
   *
   * @param file what it was found in
   */
  public InputStream plain(BlockSource file) throws IOException {
    InputStream in = file.stream(offset, length);
    String name = kind.label() + " member at byte " + offset;
    return switch (kind) {
      case GZIP -> Codec.GZIP.decode(in, name, plainLength);
      case XZ -> Codec.XZ.decode(in, name, plainLength);
      case ZSTD -> Codec.ZSTD.decode(in, name, plainLength);
      case ZLIB -> new ZlibInput(in, name, plainLength);
    };
  }

  /**
   * How much memory reading its plain text takes at most, by what it says itself.
   *
   * @param file what it was found in
   */
  public long memoryBytes(BlockSource file) throws IOException {
    return switch (kind) {
      case GZIP, ZLIB -> INFLATER_BYTES;
      case XZ -> XzStructure.read(file, offset, end()).dictionaryBytes() + XZ_DECODER_BYTES;
      case ZSTD -> ZSTD_DECODER_BYTES;
    };
  }

  /** The position behind its last byte. */
  public long end() {
    return offset + length;
  }
}
