// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class StructTest {
  private static final UUID ID = UUID.fromString("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");

  private static String hex(Struct struct) {
    return HexFormat.of().formatHex(struct.bytes());
  }

  @Test
  void putsLittleEndianFields() {
    Struct struct =
        Struct.littleEndian(20)
            .u8(0, 0xfe, "a")
            .u16(2, 0xfedc, "b")
            .u32(4, 0xfedcba98L, "c")
            .u64(8, 0xfedcba9876543210L, "d")
            .ascii(16, 3, "ok", "e");
    assertThat(hex(struct)).isEqualTo("fe00dcfe98badcfe1032547698badcfe6f6b0000");
  }

  @Test
  void putsBigEndianFields() {
    Struct struct =
        Struct.bigEndian(14)
            .u16(0, 0xfedc, "b")
            .u32(2, 0xfedcba98L, "c")
            .asciiSpaced(6, 4, "ok", "e")
            .utf16(10, 4, "é", "f");
    assertThat(hex(struct)).isEqualTo("fedcfedcba986f6b202000e90000");
  }

  /** The ESP's type GUID as UEFI 2.10, appendix A and every GPT dump show it. */
  @Test
  void putsGuidsInBothOrders() {
    assertThat(hex(Struct.littleEndian(16).guid(0, ID, "type")))
        .isEqualTo("28732ac11ff8d211ba4b00a0c93ec93b");
    assertThat(hex(Struct.bigEndian(16).guid(0, ID, "type")))
        .isEqualTo("28732ac11ff8d211ba4b00a0c93ec93b");
    assertThat(hex(Struct.littleEndian(16).uuid(0, ID, "id")))
        .isEqualTo("c12a7328f81f11d2ba4b00a0c93ec93b");
  }

  @Test
  void refusesWhatDoesNotFit() {
    Struct struct = Struct.littleEndian(16);
    assertThatThrownBy(() -> struct.u8(0, 256, "a")).hasMessage("a does not fit 8 bits: 256");
    assertThatThrownBy(() -> struct.u16(0, -1, "a")).hasMessage("a does not fit 16 bits: -1");
    assertThatThrownBy(() -> struct.u32(0, 1L << 32, "a"))
        .hasMessage("a does not fit 32 bits: 4294967296");
    assertThatThrownBy(() -> struct.ascii(0, 2, "abc", "a"))
        .hasMessage("a: \"abc\" needs 3 bytes, the field has 2");
    assertThatThrownBy(() -> struct.ascii(0, 8, "Größe", "a"))
        .hasMessage("a: \"Größe\" is not ASCII");
  }

  @Test
  void refusesOverlaps() {
    Struct struct = Struct.littleEndian(16).u32(4, 1, "a");
    for (int offset : new int[] {1, 4, 7}) {
      assertThatThrownBy(() -> struct.u32(offset, 1, "b"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("bug: ");
    }
    struct.u32(0, 1, "c").u32(8, 1, "d");
  }

  @Test
  void dumpsFieldsInOrder() {
    assertThat(Struct.littleEndian(8).u16(4, 2, "late").u16(0, 1, "early").dump())
        .isEqualTo(
            String.format(
                "   0 early                      01 00%n   4 late                       02 00%n"));
  }

  @Property
  void readerReturnsWhatWasPut(
      @ForAll @IntRange(max = 255) int a,
      @ForAll @IntRange(max = 65535) int b,
      @ForAll @LongRange(max = 0xffff_ffffL) long c,
      @ForAll long d,
      @ForAll long e,
      @ForAll boolean little)
      throws FormatException {
    var id = new UUID(d, e);
    Struct struct = little ? Struct.littleEndian(64) : Struct.bigEndian(64);
    byte[] bytes =
        struct
            .u8(0, a, "a")
            .u16(1, b, "b")
            .u32(3, c, "c")
            .u64(7, d, "d")
            .guid(15, id, "e")
            .uuid(31, id, "f")
            .utf16(47, 10, "äb", "g")
            .bytes();
    StructReader reader =
        little ? StructReader.littleEndian("t", 0, bytes) : StructReader.bigEndian("t", 0, bytes);
    assertThat(reader.u8(0, "a")).isEqualTo(a);
    assertThat(reader.u16(1, "b")).isEqualTo(b);
    assertThat(reader.u32(3, "c")).isEqualTo(c);
    assertThat(reader.u64(7, "d")).isEqualTo(d);
    assertThat(reader.guid(15, "e")).isEqualTo(id);
    assertThat(reader.uuid(31, "f")).isEqualTo(id);
    assertThat(reader.utf16(47, 10, "g")).isEqualTo("äb");
  }

  @Test
  void readerNamesSourceOffsetAndField() {
    StructReader reader = StructReader.littleEndian("disk", 512, new byte[10]);
    assertThatThrownBy(() -> reader.u32(8, "MyLBA"))
        .isInstanceOf(FormatException.class)
        .hasMessage("disk: byte 520: MyLBA: needs 4 bytes, the structure has 10");
    assertThatThrownBy(() -> reader.bytes(-1, 2, "x")).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> reader.bytes(1, Integer.MAX_VALUE, "x"))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> reader.text(4, 7, StandardCharsets.US_ASCII, "x"))
        .isInstanceOf(FormatException.class);
  }
}
