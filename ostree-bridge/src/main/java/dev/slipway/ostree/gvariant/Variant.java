// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import dev.slipway.io.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An immutable value: a type and the bytes of its normal form.
 *
 * <pre>{@code
 * Variant entry = Variant.tuple(Variant.text("vmlinuz"), Variant.bytes(checksum));
 * Variant read = Variant.read(VariantType.of("(say)"), bytes, "objects/6e/34.dirtree");
 * String name = read.child(0).asText();
 * }</pre>
 *
 * <p>A child is a view of its parent's bytes, so a large value costs no more memory than its bytes.
 * Taking a value as something that its type is not is a mistake of the program and throws {@link
 * IllegalStateException}; what is in an input is checked by {@link #read}.
 */
public final class Variant implements Iterable<Variant> {
  private static final VariantType U8 = VariantType.of("y");
  private static final VariantType BOOLEAN = VariantType.of("b");
  private static final VariantType I32 = VariantType.of("i");
  private static final VariantType U32 = VariantType.of("u");
  private static final VariantType I64 = VariantType.of("x");
  private static final VariantType U64 = VariantType.of("t");
  private static final VariantType TEXT = VariantType.of("s");
  private static final VariantType BYTES = VariantType.of("ay");
  private static final VariantType VARIANT = VariantType.of("v");

  private final VariantType type;
  private final byte[] bytes;
  private final int offset;
  private final int length;

  Variant(VariantType type, byte[] bytes, int offset, int length) {
    this.type = type;
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  private static Variant scalar(VariantType type, int bytes, long value) {
    byte[] own = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      own[i] = (byte) (value >>> (8 * i));
    }
    return new Variant(type, own, 0, bytes);
  }

  /**
   * Reads a value from an input that may be anything.
   *
   * @param bytes are not copied and must not change
   * @param source the input's name in error messages
   * @throws FormatException if the bytes are not the normal form of a value of this type
   */
  public static Variant read(VariantType type, byte[] bytes, String source) throws FormatException {
    new VariantCheck(bytes, source).check(type, 0, bytes.length, 0);
    return new Variant(type, bytes, 0, bytes.length);
  }

  public static Variant u8(int value) {
    return scalar(U8, 1, value);
  }

  public static Variant bool(boolean value) {
    return scalar(BOOLEAN, 1, value ? 1 : 0);
  }

  public static Variant i32(int value) {
    return scalar(I32, 4, value);
  }

  /** The low 32 bits of a number. */
  public static Variant u32(long value) {
    return scalar(U32, 4, value);
  }

  public static Variant i64(long value) {
    return scalar(I64, 8, value);
  }

  /** A number of 64 bits without a sign. */
  public static Variant u64(long value) {
    return scalar(U64, 8, value);
  }

  /** A text, which must hold no NUL. */
  public static Variant text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    if (value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw new IllegalArgumentException("a text without NUL that is valid Unicode: " + value);
    }
    return new Variant(TEXT, Arrays.copyOf(utf8, utf8.length + 1), 0, utf8.length + 1);
  }

  /** A copy of bytes, as {@code ay}. */
  public static Variant bytes(byte... value) {
    return new Variant(BYTES, value.clone(), 0, value.length);
  }

  /** An array, whose elements must be of its element type. */
  public static Variant array(String element, List<Variant> elements) {
    return VariantWriter.array(VariantType.of(element), elements);
  }

  /** An array of texts. */
  public static Variant texts(List<String> texts) {
    return array("s", texts.stream().map(Variant::text).toList());
  }

  public static Variant tuple(Variant... members) {
    return VariantWriter.tuple('(', List.of(members), ')');
  }

  /** An entry of a dictionary. */
  public static Variant entry(Variant key, Variant value) {
    return VariantWriter.tuple('{', List.of(key, value), '}');
  }

  /** A value with its type beside it, as {@code v}. */
  public static Variant boxed(Variant value) {
    byte[] name = value.type.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] own = new byte[Math.addExact(value.length, 1 + name.length)];
    value.copyTo(own, 0);
    System.arraycopy(name, 0, own, value.length + 1, name.length);
    return new Variant(VARIANT, own, 0, own.length);
  }

  public VariantType type() {
    return type;
  }

  /** Whether this is of the type a type string says. */
  public boolean is(String typeText) {
    return type.toString().equals(typeText);
  }

  /** The serialised value. */
  public byte[] toBytes() {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  int length() {
    return length;
  }

  void copyTo(byte[] target, int at) {
    System.arraycopy(bytes, offset, target, at, length);
  }

  /**
   * The number of a {@code y}, {@code n}, {@code q}, {@code i}, {@code u}, {@code x}, {@code t}.
   */
  public long asLong() {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    return switch (type.kind()) {
      case 'y' -> in.get() & 0xff;
      case 'n' -> in.getShort();
      case 'q' -> in.getShort() & 0xffff;
      case 'i', 'h' -> in.getInt();
      case 'u' -> in.getInt() & 0xffff_ffffL;
      case 'x', 't' -> in.getLong();
      default -> throw wrong("a whole number");
    };
  }

  /** The number of a {@code d}. */
  public double asDouble() {
    require("d");
    return ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN).getDouble();
  }

  public boolean asBoolean() {
    require("b");
    return bytes[offset] != 0;
  }

  /** The text of an {@code s}, {@code o} or {@code g}. */
  public String asText() {
    if ("sog".indexOf(type.kind()) < 0) {
      throw wrong("a text");
    }
    return new String(bytes, offset, length - 1, StandardCharsets.UTF_8);
  }

  /** A copy of the bytes of an {@code ay}. */
  public byte[] asBytes() {
    require("ay");
    return toBytes();
  }

  /** The bytes of an {@code ay} without a copy, not to be written to. */
  public ByteBuffer asBuffer() {
    require("ay");
    return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
  }

  /** The value within a {@code v}. */
  public Variant unboxed() {
    require("v");
    return framing(0);
  }

  /** How many elements an array, or members a tuple, has. */
  public int size() {
    return switch (type.kind()) {
      case 'a' -> VariantFrame.arraySize(type, bytes, offset, length);
      case '(', '{' -> type.members().size();
      case 'm' -> length == 0 ? 0 : 1;
      case 'v' -> 1;
      default -> throw wrong("a container");
    };
  }

  /** An element of an array or member of a tuple, counted from 0. */
  public Variant child(int index) {
    java.util.Objects.checkIndex(index, size());
    return framing(index);
  }

  private Variant framing(int index) {
    return VariantFrame.child(type, bytes, offset, length, index);
  }

  /** The elements of an array, or the members of a tuple. */
  public List<Variant> children() {
    return stream().toList();
  }

  /** As {@link #children}. */
  public Stream<Variant> stream() {
    return IntStream.range(0, size()).mapToObj(this::child);
  }

  @Override
  public Iterator<Variant> iterator() {
    return stream().iterator();
  }

  private void require(String wanted) {
    if (!is(wanted)) {
      throw wrong(wanted);
    }
  }

  private IllegalStateException wrong(String wanted) {
    return new IllegalStateException("bug: a value of type " + type + " taken as " + wanted);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Variant that
        && type.equals(that.type)
        && Arrays.equals(
            bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + ByteBuffer.wrap(bytes, offset, length).hashCode();
  }

  /** GVariant's text form, as {@code ostree show} prints it. */
  @Override
  public String toString() {
    return VariantText.of(this);
  }
}
