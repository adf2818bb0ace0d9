// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A fixed-size structure being filled in, one named field at a time: one line per row of a
 * specification's table.
 *
 * <p>It refuses values that do not fit and fields that overlap, and it can print what it holds.
 * Bytes that no field claims are zero.
 */
public final class Struct {
  private record Field(int offset, int bytes, String name) {}

  private final ByteBuffer buffer;
  private final NavigableMap<Integer, Field> fields = new TreeMap<>();

  private Struct(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  public static Struct littleEndian(int bytes) {
    return new Struct(ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN));
  }

  public static Struct bigEndian(int bytes) {
    return new Struct(ByteBuffer.allocate(bytes).order(ByteOrder.BIG_ENDIAN));
  }

  public Struct u8(int offset, int value, String name) {
    fits(value, 8, name);
    claim(offset, 1, name);
    buffer.put(offset, (byte) value);
    return this;
  }

  public Struct u16(int offset, int value, String name) {
    fits(value, 16, name);
    claim(offset, 2, name);
    buffer.putShort(offset, (short) value);
    return this;
  }

  public Struct u32(int offset, long value, String name) {
    fits(value, 32, name);
    claim(offset, 4, name);
    buffer.putInt(offset, (int) value);
    return this;
  }

  /** A 64-bit field; values from 2^63 on are given as negative numbers. */
  public Struct u64(int offset, long value, String name) {
    claim(offset, 8, name);
    buffer.putLong(offset, value);
    return this;
  }

  /** Raw bytes of exactly their own length. */
  public Struct bytes(int offset, byte[] value, String name) {
    claim(offset, value.length, name);
    buffer.put(offset, value);
    return this;
  }

  /** ASCII text in a field of {@code width} bytes, padded with zeros. */
  public Struct ascii(int offset, int width, String value, String name) {
    return text(offset, width, asciiBytes(value, name), value, (byte) 0, name);
  }

  /** ASCII text in a field of {@code width} bytes, padded with spaces. */
  public Struct asciiSpaced(int offset, int width, String value, String name) {
    return text(offset, width, asciiBytes(value, name), value, (byte) ' ', name);
  }

  /**
   * UTF-16 text in the structure's byte order in a field of {@code width} bytes, padded with zeros.
   */
  public Struct utf16(int offset, int width, String value, String name) {
    boolean little = buffer.order() == ByteOrder.LITTLE_ENDIAN;
    byte[] encoded = value.getBytes(little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
    return text(offset, width, encoded, value, (byte) 0, name);
  }

  /** Microsoft's GUID order: the first three groups little-endian, the last two as written. */
  public Struct guid(int offset, UUID value, String name) {
    claim(offset, 16, name);
    long high = value.getMostSignificantBits();
    ByteBuffer little = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    little.putInt(offset, (int) (high >>> 32));
    little.putShort(offset + 4, (short) (high >>> 16)).putShort(offset + 6, (short) high);
    little.putLong(offset + 8, Long.reverseBytes(value.getLeastSignificantBits()));
    return this;
  }

  /** RFC 4122 order: all groups as written. */
  public Struct uuid(int offset, UUID value, String name) {
    claim(offset, 16, name);
    ByteBuffer big = buffer.duplicate().order(ByteOrder.BIG_ENDIAN);
    big.putLong(offset, value.getMostSignificantBits())
        .putLong(offset + 8, value.getLeastSignificantBits());
    return this;
  }

  /** The whole structure as a new array. */
  public byte[] bytes() {
    return buffer.array().clone();
  }

  /** Lists the fields in the order they lie in the bytes: offset, name, hex. */
  public String dump() {
    var out = new StringBuilder();
    for (Field field : fields.values()) {
      byte[] raw = new byte[field.bytes()];
      buffer.get(field.offset(), raw);
      out.append(
          String.format(
              Locale.ROOT,
              "%4d %-26s %s%n",
              field.offset(),
              field.name(),
              HexFormat.ofDelimiter(" ").formatHex(raw)));
    }
    return out.toString();
  }

  private static byte[] asciiBytes(String value, String name) {
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(value)) {
      throw new IllegalArgumentException(name + ": \"" + value + "\" is not ASCII");
    }
    return value.getBytes(StandardCharsets.US_ASCII);
  }

  private Struct text(
      int offset, int width, byte[] encoded, String value, byte padding, String name) {
    if (encoded.length > width) {
      throw new IllegalArgumentException(
          name + ": \"" + value + "\" needs " + encoded.length + " bytes, the field has " + width);
    }
    claim(offset, width, name);
    buffer.put(offset, encoded);
    for (int i = encoded.length; i < width; i++) {
      buffer.put(offset + i, padding);
    }
    return this;
  }

  private static void fits(long value, int bits, String name) {
    if (value < 0 || value >= 1L << bits) {
      throw new IllegalArgumentException(name + " does not fit " + bits + " bits: " + value);
    }
  }

  private void claim(int offset, int bytes, String name) {
    Field field = new Field(offset, bytes, name);
    Map.Entry<Integer, Field> before = fields.floorEntry(offset);
    if (before != null && before.getValue().offset() + before.getValue().bytes() > offset) {
      throw new IllegalStateException("bug: " + field + " overlaps " + before.getValue());
    }
    Map.Entry<Integer, Field> after = fields.ceilingEntry(offset);
    if (after != null && offset + bytes > after.getKey()) {
      throw new IllegalStateException("bug: " + field + " overlaps " + after.getValue());
    }
    fields.put(offset, field);
  }
}
