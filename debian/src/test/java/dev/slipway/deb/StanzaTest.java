// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StanzaTest {
  @Test
  void readsFieldsContinuationsAndComments() throws FormatException {
    List<Stanza> stanzas =
        Stanza.readAll(
            "# first\nPackage: a\nDescription: short\n long\n .\n# inside\n  more \n\n\n\npackage:b\nEmpty:\nConffiles:\n /etc/x 1\n",
            "x");
    assertThat(stanzas).hasSize(2);
    assertThat(stanzas.get(0).asMap())
        .containsExactly(
            Map.entry("Package", "a"), Map.entry("Description", "short\n long\n .\n  more"));
    assertThat(stanzas.get(1).get("PACKAGE")).contains("b");
    assertThat(stanzas.get(1).get("Empty")).contains("");
    assertThat(stanzas.get(1).get("Conffiles")).contains("\n /etc/x 1");
    assertThat(stanzas.get(1)).hasToString("package: b\nEmpty:\nConffiles:\n /etc/x 1\n");
    assertThat(stanzas.get(0).get("Version")).isEmpty();
    assertThatThrownBy(() -> stanzas.get(0).require("Version", "a.deb: control"))
        .hasMessage("a.deb: control: the field Version is missing");
  }

  @Test
  void nothingGivesNothing() throws FormatException {
    assertThat(Stanza.readAll("", "x")).isEmpty();
    assertThat(Stanza.readAll("\n \n#c\n", "x")).isEmpty();
  }

  @Test
  void namesTheLineOfAMistake() {
    assertThatThrownBy(() -> Stanza.readAll("a: 1\nb\n", "x"))
        .isInstanceOf(FormatException.class)
        .hasMessage("x: line 2: found \"b\", expected a field name and a colon");
    assertThatThrownBy(() -> Stanza.readAll(" a\n", "x"))
        .hasMessage("x: line 1: a line that goes on with a value, but there is no field before it");
    assertThatThrownBy(() -> Stanza.readAll("a: 1\nA: 2\n\n", "x"))
        .hasMessage("x: line 3: the field A is given twice in one stanza");
    assertThatThrownBy(() -> Stanza.readAll("a b: 1\n", "x"))
        .hasMessage("x: line 1: found \"a b: 1\", expected a field name and a colon");
  }

  @Test
  void aLineWithoutAnEndDoesNotFillTheMemory() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'a';
          }
        };
    assertThatThrownBy(() -> Stanza.readAll(endless, "x"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("line 1: longer than");
  }

  @Test
  void changesMakeNewStanzas() throws FormatException {
    Stanza stanza = Stanza.readAll("A: 1\nB: 2\n", "x").get(0);
    assertThat(stanza.with("a", "3").with("C", "4").without("b")).hasToString("a: 3\nC: 4\n");
    assertThat(stanza).hasToString("A: 1\nB: 2\n");
    assertThatThrownBy(() -> stanza.with("C", "1\n2"))
        .hasMessage("C: each further line of a value begins with a space");
    assertThatThrownBy(() -> stanza.with("C:", "1")).isInstanceOf(IllegalArgumentException.class);
  }

  @Provide
  Arbitrary<Stanza> stanzas() {
    Arbitrary<String> name = Arbitraries.of("Package", "Version", "X-Other", "b");
    Arbitrary<String> line =
        Arbitraries.strings().withChars("ab:#é ").ofMaxLength(5).map(text -> "x" + text + "y");
    Arbitrary<String> more =
        line.map(text -> "\n " + text).list().ofMaxSize(2).map(l -> String.join("", l));
    return Combinators.combine(Arbitraries.of(true, false), line, more)
        .as((empty, first, rest) -> (empty ? "" : first) + rest)
        .flatMap(value -> name.map(n -> Map.entry(n, value)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(
            fields -> {
              Stanza stanza = Stanza.of(Map.of());
              for (Map.Entry<String, String> field : fields) {
                stanza = stanza.with(field.getKey(), field.getValue());
              }
              return stanza;
            });
  }

  @Property(tries = 200)
  void whatIsWrittenIsReadTheSame(@ForAll @Size(max = 6) List<@From("stanzas") Stanza> stanzas)
      throws IOException {
    var text = new StringBuilder();
    stanzas.forEach(stanza -> text.append(stanza).append('\n'));
    assertThat(Stanza.readAll(new OneByteStream(text.toString()), "x")).isEqualTo(stanzas);
  }

  /** Gives one byte at a time, as a slow source may. */
  private static final class OneByteStream extends java.io.ByteArrayInputStream {
    OneByteStream(String text) {
      super(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return super.read(target, offset, Math.min(length, 1));
    }
  }
}
