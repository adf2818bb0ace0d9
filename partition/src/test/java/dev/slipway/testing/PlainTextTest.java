// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
  private static final String SENT =
      "\u001b[2J\u001b[01;01Hlog\u001b[?25lin\u001b(B: \r\n\u001b=ok\u001b[0m";

  @Test
  void cutAnywhereItIsTheSame() {
    for (int cut = 0; cut <= SENT.length(); cut++) {
      var plain = new PlainText();
      assertThat(plain.of(SENT.substring(0, cut)) + plain.of(SENT.substring(cut)))
          .as("cut at " + cut)
          .isEqualTo("login: \nok");
    }
  }

  @Test
  void onlySequencesWait() {
    var plain = new PlainText();
    assertThat(plain.of("login: ")).isEqualTo("login: ");
    assertThat(plain.of("\u001b[" + "1".repeat(50))).hasSize(52);
  }
}
