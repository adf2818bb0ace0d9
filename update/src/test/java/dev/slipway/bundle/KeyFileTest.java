// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFileTest {
  @Property(tries = 300)
  void anyTextComesBack(@ForAll String text) throws Exception {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    byte[] bytes = new KeyFile("made").put("group", "key", valid).bytes();
    assertThat(KeyFile.parse(bytes, "read").get("group", "key")).isEqualTo(valid);
  }

  @ParameterizedTest
  @CsvSource({
    "[a]|x=1|x=2, line 3: key x is there twice in [a]",
    "[a]|x=1|[b]|[a], line 4: group [a] is there twice",
    "x=1, line 1: neither a group nor a key with a value: \"x=1\"",
    "[a]|nonsense, line 2: neither a group nor a key with a value: \"nonsense\"",
    "[a]|x=\\q, line 2: a backslash that means nothing in \"\\q\"",
  })
  void saysWhatIsWrongAndWhere(String text, String message) {
    byte[] bytes = text.replace('|', '\n').getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> KeyFile.parse(bytes, "file"))
        .isInstanceOf(FormatException.class)
        .hasMessage("file: " + message);
  }
}
