// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Over generated values of generated types. */
class VariantProperties {
  private static Variant value(Random random, int depth) {
    return switch (random.nextInt(depth > 3 ? 6 : 10)) {
      case 0 -> Variant.u8(random.nextInt(256));
      case 1 -> Variant.bool(random.nextBoolean());
      case 2 -> Variant.u32(random.nextInt());
      case 3 -> Variant.u64(random.nextLong());
      case 4 -> Variant.text("tö".repeat(random.nextInt(random.nextInt(10) == 0 ? 200 : 4)));
      case 5 -> Variant.bytes(new byte[random.nextInt(random.nextInt(10) == 0 ? 400 : 5)]);
      case 6 -> Variant.boxed(value(random, depth + 1));
      case 7 -> array(random, depth);
      default -> tuple(random, depth);
    };
  }

  private static Variant array(Random random, int depth) {
    Variant element = value(random, depth + 1);
    var elements = new ArrayList<Variant>();
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(element);
    }
    return Variant.array(element.type().toString(), elements);
  }

  private static Variant tuple(Random random, int depth) {
    var members = new ArrayList<Variant>();
    for (int i = random.nextInt(5); i > 0; i--) {
      members.add(value(random, depth + 1));
    }
    return Variant.tuple(members.toArray(new Variant[0]));
  }

  /** Puts a value together again from its children, which shows that each was found. */
  private static Variant rebuilt(Variant value) {
    return switch (value.type().kind()) {
      case 'v' -> Variant.boxed(rebuilt(value.unboxed()));
      case 'a' -> {
        List<Variant> children = value.stream().map(VariantProperties::rebuilt).toList();
        yield Variant.array(value.type().element().toString(), children);
      }
      case '(' ->
          Variant.tuple(
              value.stream().map(VariantProperties::rebuilt).toList().toArray(new Variant[0]));
      case '{' -> Variant.entry(rebuilt(value.child(0)), rebuilt(value.child(1)));
      default -> value;
    };
  }

  @Property
  void readsWhatItWrites(@ForAll long seed) throws FormatException {
    Variant value = value(new Random(seed), 0);
    Variant read = Variant.read(value.type(), value.toBytes(), "x");
    assertThat(rebuilt(read)).isEqualTo(value);
  }

  /** Whatever is accepted is the one form of some value. */
  @Property
  void refusesOrRewritesEveryBrokenInput(@ForAll long seed) {
    var random = new Random(seed);
    Variant value = value(random, 0);
    byte[] bytes = value.toBytes();
    if (bytes.length == 0) {
      return;
    }
    if (random.nextInt(4) == 0) {
      bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 4));
    }
    for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    try {
      Variant read = Variant.read(value.type(), bytes, "x");
      assertThat(rebuilt(read).toBytes()).isEqualTo(bytes);
      assertThat(read.toString()).isNotNull();
    } catch (FormatException e) {
      assertThat(e).hasMessageStartingWith("x: byte ");
    }
  }
}
