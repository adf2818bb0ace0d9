// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deb.Relation.Operator;
import dev.slipway.io.FormatException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DependencyTest {
  @Test
  void readsAlternativesVersionsQualifiersAndRestrictions() throws FormatException {
    List<Dependency> items =
        parse(
            "libc6 (>= 2.36), python3:any (<< 3.12)|python3-minimal ,\n grub-pc [amd64 !arm64] <!nocheck>, tail(=1:2-3)");
    assertThat(items).hasSize(4);
    assertThat(items.get(0).alternatives())
        .containsExactly(
            new Relation(
                "libc6", "", Operator.LATER_OR_EQUAL, DebVersion.parse("2.36"), List.of()));
    assertThat(items.get(1).alternatives())
        .containsExactly(
            new Relation("python3", "any", Operator.EARLIER, DebVersion.parse("3.12"), List.of()),
            Relation.toAny("python3-minimal"));
    assertThat(items.get(2).alternatives().get(0).architectures())
        .containsExactly("amd64", "!arm64");
    assertThat(items.get(3)).hasToString("tail (= 1:2-3)");
    assertThat(Dependency.format(items))
        .isEqualTo(
            "libc6 (>= 2.36), python3:any (<< 3.12) | python3-minimal, grub-pc [amd64 !arm64], tail (= 1:2-3)");
  }

  @Test
  void oldSingleSignsIncludeEquality() throws FormatException {
    assertThat(parse("a (< 1), b (> 1)")).hasToString("[a (<= 1), b (>= 1)]");
  }

  @Test
  void readsOverEmptyItems() throws FormatException {
    assertThat(parse("")).isEmpty();
    assertThat(parse(" \n ")).isEmpty();
    assertThat(parse(",a,,b,")).hasToString("[a, b]");
  }

  @Test
  void namesTheColumn() {
    assertThatThrownBy(() -> parse("a (2.0)"))
        .isInstanceOf(FormatException.class)
        .hasMessage("x: column 4 of \"a (2.0)\": found '2', expected <<, <=, =, >= or >>");
    assertThatThrownBy(() -> parse("a b"))
        .hasMessage("x: column 3 of \"a b\": found 'b', expected a comma, a bar or the end");
    assertThatThrownBy(() -> parse("a |"))
        .hasMessage("x: column 4 of \"a |\": found the end, expected a package name");
    assertThatThrownBy(() -> parse("a (>= "))
        .hasMessage(
            "x: column 7 of \"a (>= \": found the end, expected a version and a closing parenthesis");
    assertThatThrownBy(() -> parse("a (>= 1 2)"))
        .hasMessage(
            "x: column 7 of \"a (>= 1 2)\": \"1 2\" is not a Debian version: ' ' is not allowed in a version");
    assertThatThrownBy(() -> parse("a ["))
        .hasMessage("x: column 3 of \"a [\": found '[', expected something closed with ']'");
    assertThatThrownBy(() -> parse("a:"))
        .hasMessage(
            "x: column 3 of \"a:\": found the end, expected an architecture behind the colon");
  }

  @Test
  void matchesVersions() throws FormatException {
    assertThat(matches("a (>= 1.0)", "1.0")).isTrue();
    assertThat(matches("a (>> 1.0)", "1.0")).isFalse();
    assertThat(matches("a (= 1.0)", "1.0-0")).isTrue();
    assertThat(matches("a (<< 1.0)", "1.0~rc1")).isTrue();
    assertThat(matches("a (<= 1.0)", "1:0")).isFalse();
    assertThat(matches("a", "0")).isTrue();
  }

  @Test
  void restrictionsDecideByArchitecture() throws FormatException {
    assertThat(applies("a", "amd64")).isTrue();
    assertThat(applies("a [amd64 i386]", "amd64")).isTrue();
    assertThat(applies("a [arm64]", "amd64")).isFalse();
    assertThat(applies("a [!arm64]", "amd64")).isTrue();
    assertThat(applies("a [!amd64]", "amd64")).isFalse();
    assertThat(applies("a [linux-any]", "amd64")).isTrue();
    assertThat(applies("a [any-amd64]", "amd64")).isTrue();
    assertThat(applies("a [hurd-any]", "amd64")).isFalse();
  }

  @Provide
  Arbitrary<String> fields() {
    Arbitrary<String> name = Arbitraries.of("a", "libfoo1", "g++-12", "x.y");
    Arbitrary<String> qualifier = Arbitraries.of("", "", ":any", ":arm64");
    Arbitrary<String> version = Arbitraries.of("", "", " (>= 1)", " (= 1:2-3)", " (<< 0~)");
    Arbitrary<String> relation =
        Combinators.combine(name, qualifier, version).as((n, q, v) -> n + q + v);
    return relation
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(l -> String.join(" | ", l))
        .list()
        .ofMaxSize(4)
        .map(l -> String.join(", ", l));
  }

  @Property
  void whatIsReadIsWrittenTheSame(@ForAll("fields") String field) throws FormatException {
    assertThat(Dependency.format(parse(field))).isEqualTo(field);
  }

  @Property
  void anyTextGivesItemsOrOneClearError(@ForAll("scraps") String text) {
    try {
      parse(text);
    } catch (FormatException e) {
      assertThat(e.getMessage()).startsWith("x: column ");
    }
  }

  @Provide
  Arbitrary<String> scraps() {
    return Arbitraries.strings().withChars("a1 ,|()[]<>=:!~-\n").ofMaxLength(20);
  }

  private static boolean matches(String relation, String version) throws FormatException {
    return parse(relation).get(0).alternatives().get(0).matches(DebVersion.parse(version));
  }

  private static boolean applies(String relation, String architecture) throws FormatException {
    return parse(relation).get(0).alternatives().get(0).appliesTo(architecture);
  }

  private static List<Dependency> parse(String field) throws FormatException {
    return Dependency.parseAll(field, "x");
  }
}
