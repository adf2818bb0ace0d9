// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The reading twin of {@link Struct}: named fields at fixed offsets, and errors that say which
 * field of which input is wrong.
 */
public final class StructReader {
  private final String source;
  private final long base;
  private final ByteBuffer buffer;

  private StructReader(String source, long base, ByteBuffer buffer) {
    this.source = source;
    this.base = base;
    this.buffer = buffer;
  }

  /**
   * Reads little-endian fields.
   *
   * @param source the input's name in error messages
   * @param base the offset of these bytes in the input, for error messages
   */
  public static StructReader littleEndian(String source, long base, byte[] bytes) {
    return new StructReader(source, base, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** As {@link #littleEndian}, with the other byte order. */
  public static StructReader bigEndian(String source, long base, byte[] bytes) {
    return new StructReader(source, base, ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN));
  }

  public int u8(int offset, String name) throws FormatException {
    inside(offset, 1, name);
    return buffer.get(offset) & 0xff;
  }

  public int u16(int offset, String name) throws FormatException {
    inside(offset, 2, name);
    return buffer.getShort(offset) & 0xffff;
  }

  public long u32(int offset, String name) throws FormatException {
    inside(offset, 4, name);
    return buffer.getInt(offset) & 0xffff_ffffL;
  }

  /** A 64-bit field; values from 2^63 on come out negative. */
  public long u64(int offset, String name) throws FormatException {
    inside(offset, 8, name);
    return buffer.getLong(offset);
  }

  public byte[] bytes(int offset, int length, String name) throws FormatException {
    inside(offset, length, name);
    byte[] bytes = new byte[length];
    buffer.get(offset, bytes);
    return bytes;
  }

  /** Text up to the first NUL or the end of the field. */
  public String text(int offset, int width, Charset charset, String name) throws FormatException {
    byte[] raw = bytes(offset, width, name);
    int end = 0;
    while (end < raw.length && raw[end] != 0) {
      end++;
    }
    return new String(raw, 0, end, charset);
  }

  /** UTF-16 text in the structure's byte order up to the first NUL or the end of the field. */
  public String utf16(int offset, int width, String name) throws FormatException {
    boolean little = buffer.order() == ByteOrder.LITTLE_ENDIAN;
    String whole =
        new String(
            bytes(offset, width, name),
            little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
    int end = whole.indexOf('\0');
    return end < 0 ? whole : whole.substring(0, end);
  }

  /** Microsoft's GUID order: the first three groups little-endian, the last two as written. */
  public UUID guid(int offset, String name) throws FormatException {
    inside(offset, 16, name);
    ByteBuffer little = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long high =
        ((long) little.getInt(offset) << 32)
            | (little.getShort(offset + 4) & 0xffffL) << 16
            | (little.getShort(offset + 6) & 0xffffL);
    return new UUID(high, Long.reverseBytes(little.getLong(offset + 8)));
  }

  /** RFC 4122 order: all groups as written. */
  public UUID uuid(int offset, String name) throws FormatException {
    inside(offset, 16, name);
    ByteBuffer big = buffer.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new UUID(big.getLong(offset), big.getLong(offset + 8));
  }

  /**
   * An error about a field of this structure, in the one form: {@code source: byte N: field: what
   * is wrong}.
   */
  public FormatException error(int offset, String name, String message) {
    return new FormatException(source + ": byte " + (base + offset) + ": " + name + ": " + message);
  }

  private void inside(int offset, int length, String name) throws FormatException {
    if (offset < 0 || length < 0 || length > buffer.capacity() - offset) {
      throw error(
          offset, name, "needs " + length + " bytes, the structure has " + buffer.capacity());
    }
  }
}
