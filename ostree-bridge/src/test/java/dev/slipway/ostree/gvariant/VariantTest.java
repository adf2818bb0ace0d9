// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariantTest {
  private static String hex(Variant value) {
    return HexFormat.of().formatHex(value.toBytes());
  }

  private static Variant read(String type, String hex) throws FormatException {
    return Variant.read(VariantType.of(type), HexFormat.of().parseHex(hex.replace(" ", "")), "x");
  }

  private static void refuses(String type, String hex, String message) {
    assertThatThrownBy(() -> read(type, hex))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("x: byte ")
        .hasMessageContaining(message);
  }

  /** The examples of section 2.4 and appendix of the specification. */
  @Test
  void writesTheSpecificationsExamples() {
    assertThat(hex(Variant.text("hello world"))).isEqualTo("68656c6c6f20776f726c6400");
    assertThat(hex(Variant.array("b", List.of(b(true), b(false), b(false), b(true), b(true)))))
        .isEqualTo("0100000101");
    assertThat(hex(Variant.tuple(Variant.text("foo"), Variant.i32(-1))))
        .isEqualTo("666f6f00ffffffff04");
    Variant hi = Variant.entry(Variant.text("hi"), Variant.i32(-2));
    Variant bye = Variant.entry(Variant.text("bye"), Variant.i32(-1));
    assertThat(hex(Variant.array("{si}", List.of(hi, bye))))
        .isEqualTo("68690000feffffff0300000062796500ffffffff040915");
    assertThat(hex(Variant.texts(List.of("i", "can", "has", "strings?"))))
        .isEqualTo("690063616e0068617300737472696e67733f0002060a13");
    assertThat(hex(Variant.array("y", List.of(Variant.u8(4), Variant.u8(5))))).isEqualTo("0405");
    assertThat(hex(Variant.array("i", List.of(Variant.i32(4), Variant.i32(258)))))
        .isEqualTo("0400000002010000");
    assertThat(hex(Variant.tuple(Variant.u8(0x60), Variant.i32(1)))).isEqualTo("6000000001000000");
    assertThat(hex(Variant.boxed(Variant.u32(1)))).isEqualTo("010000000075");
  }

  private static Variant b(boolean value) {
    return Variant.bool(value);
  }

  @Test
  void theEmptyTupleIsOneZeroByteAndEmptyArraysAreNothing() throws Exception {
    assertThat(hex(Variant.tuple())).isEqualTo("00");
    assertThat(hex(Variant.texts(List.of()))).isEmpty();
    assertThat(read("as", "").children()).isEmpty();
    assertThat(read("a()", "0000").size()).isEqualTo(2);
  }

  @Test
  void readsWhatItWrites() throws Exception {
    Variant written =
        Variant.tuple(
            VariantDict.empty()
                .with("version", Variant.text("1.0"))
                .with("n", Variant.u64(-1))
                .toVariant(),
            Variant.bytes((byte) 1, (byte) 2),
            Variant.text("größe"));
    Variant read = Variant.read(written.type(), written.toBytes(), "x");
    assertThat(read).isEqualTo(written);
    assertThat(VariantDict.of(read.child(0)).text("version")).contains("1.0");
    assertThat(read.child(1).asBytes()).containsExactly(1, 2);
    assertThat(read.child(2).asText()).isEqualTo("größe");
    assertThat(read.toString())
        .isEqualTo(
            "({'version': <'1.0'>, 'n': <uint64 18446744073709551615>}, [byte 0x01, 0x02],"
                + " 'größe')");
  }

  /** Offsets grow when the container passes 255 and 65535 bytes, offsets included. */
  @Test
  void widensOffsetsExactlyWhereTheContainerGrows() throws Exception {
    for (int length : new int[] {0, 252, 253, 254, 255, 256, 65_531, 65_532, 65_533, 65_534}) {
      Variant value =
          Variant.array("ay", List.of(Variant.bytes(new byte[length]), Variant.bytes()));
      int width = length + 2 <= 0xff ? 1 : length + 4 <= 0xffff ? 2 : 4;
      assertThat(value.toBytes()).as("length %d", length).hasSize(length + 2 * width);
      assertThat(Variant.read(value.type(), value.toBytes(), "x").child(0).size())
          .isEqualTo(length);
    }
  }

  @Test
  void refusesOffsetsThatLeadNowhere() {
    refuses("as", "6100 05", "offsets do not start within");
    refuses("as", "6100 6200 09 04", "ends at byte 9");
    refuses("as", "6100 6200 04 02", "ends at byte 98");
    refuses("(ss)", "6100 6200 09", "ends at byte 9");
    refuses("(ss)", "", "no room");
  }

  @Test
  void refusesWhatIsNotInNormalForm() {
    refuses("b", "02", "expected 0 or 1");
    refuses("s", "61", "zero byte");
    refuses("s", "610061 00", "zero byte within");
    refuses("s", "ff00", "not valid UTF-8");
    refuses("(yi)", "6001000001000000", "padding that is not zero");
    refuses("(yi)", "60000000010000", "expected 8");
    refuses("(si)", "666f6f00ffffffff0004", "between the last member and the offsets");
    refuses("()", "01", "padding that is not zero");
    refuses("u", "0100", "found 2 bytes, expected 4");
    refuses("a(yi)", "6000", "not a whole number");
    refuses("v", "0175", "no zero byte");
    refuses("v", "010000000071", "found 4 bytes, expected 2");
    refuses("v", "0000", "is no type");
  }

  @Test
  void refusesVariantsNestedWithoutEnd() {
    Variant nested = Variant.u8(1);
    for (int i = 0; i < 60; i++) {
      nested = Variant.boxed(nested);
    }
    byte[] deep =
        Variant.boxed(Variant.boxed(Variant.boxed(Variant.boxed(Variant.boxed(nested))))).toBytes();
    assertThatThrownBy(() -> Variant.read(VariantType.of("v"), deep, "x"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("nested more than");
    assertThat(VariantType.parse("a".repeat(200) + "y")).isEmpty();
    assertThat(VariantType.parse("(".repeat(40) + ")".repeat(40))).isEmpty();
  }

  @Test
  void knowsTypesFromOtherText() {
    for (String good : List.of("a{sv}", "(a(say)a(sayay))", "mas", "v", "()", "aay", "{sv}")) {
      assertThat(VariantType.of(good)).hasToString(good);
    }
    for (String bad : List.of("", "a", "(", "(y", "y)", "{vs}", "{s}", "{sss}", "z", "yy", "m")) {
      assertThat(VariantType.parse(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void aDictionaryKeepsItsOrderAndItsFirstOfTwo() throws Exception {
    VariantDict dict = VariantDict.empty().with("b", Variant.u8(1)).with("a", Variant.u8(2));
    assertThat(dict.entries()).extracting(VariantDict.Entry::key).containsExactly("b", "a");
    assertThat(dict.with("b", Variant.u8(3)).entries())
        .extracting(VariantDict.Entry::key)
        .containsExactly("b", "a");
    var twice = new ArrayList<>(dict.entries());
    twice.addAll(dict.with("b", Variant.u8(9)).entries());
    byte[] bytes = new VariantDict(twice).toBytes();
    assertThat(VariantDict.read(bytes, "x").find("b")).contains(Variant.u8(1));
    assertThat(VariantDict.read(bytes, "x").toBytes()).isEqualTo(bytes);
    assertThat(dict.find("b", "s")).isEmpty();
  }
}
