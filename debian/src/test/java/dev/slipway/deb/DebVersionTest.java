// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DebVersionTest {
  /** Each is later than the one before it. */
  static final List<String> ASCENDING =
      List.of(
          "~~",
          "~~a",
          "~",
          "0~rc1",
          "0",
          "0+b1",
          "0.0",
          "1.0~~1",
          "1.0~",
          "1.0",
          "1.0-1~bpo",
          "1.0-1",
          "1.0-1+b1",
          "1.0-1.1",
          "1.0-10",
          "1.0a",
          "1.0b",
          "1.0+",
          "1.0.0",
          "1.2",
          "1.10",
          "1.10-1",
          "2",
          "10",
          "20100101",
          "1:0",
          "1:1.0-1",
          "2:0~");

  @Test
  void knowsTheOrderOfPolicy() {
    for (int i = 0; i < ASCENDING.size(); i++) {
      for (int j = 0; j < ASCENDING.size(); j++) {
        assertThat(Integer.signum(compare(ASCENDING.get(i), ASCENDING.get(j))))
            .as("%s and %s", ASCENDING.get(i), ASCENDING.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  @Test
  void leadingZerosAndAMissingRevisionMakeNoDifference() {
    assertThat(compare("1.0", "1.0-0")).isZero();
    assertThat(compare("0:1.0", "1.0")).isZero();
    assertThat(compare("1.01", "1.1")).isZero();
    assertThat(compare("1.0-00001", "1.0-1")).isZero();
    assertThat(DebVersion.parse("1.0")).isNotEqualTo(DebVersion.parse("1.0-0"));
  }

  @Test
  void numbersMayBeLongerThanAnyMachineWord() {
    assertThat(compare("1.99999999999999999999999", "1.100000000000000000000000")).isNegative();
  }

  @Test
  void takesAVersionApart() {
    DebVersion version = DebVersion.parse("2:1.2:3-rc-4+deb12u1");
    assertThat(version.epoch()).isEqualTo(2);
    assertThat(version.upstream()).isEqualTo("1.2:3-rc");
    assertThat(version.revision()).isEqualTo("4+deb12u1");
    assertThat(version).hasToString("2:1.2:3-rc-4+deb12u1");
    assertThat(DebVersion.parse("1.0").revision()).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithAText() {
    assertThatThrownBy(() -> DebVersion.parse(""))
        .hasMessage("\"\" is not a Debian version: there is nothing to compare");
    assertThatThrownBy(() -> DebVersion.parse("x:1"))
        .hasMessage("\"x:1\" is not a Debian version: the epoch \"x\" is not a number");
    assertThatThrownBy(() -> DebVersion.parse(":1"))
        .hasMessage("\":1\" is not a Debian version: the epoch before the : is empty");
    assertThatThrownBy(() -> DebVersion.parse("2147483648:1"))
        .hasMessage(
            "\"2147483648:1\" is not a Debian version: the epoch is larger than 2147483647");
    assertThatThrownBy(() -> DebVersion.parse("1.0-"))
        .hasMessage("\"1.0-\" is not a Debian version: the revision behind the last - is empty");
    assertThatThrownBy(() -> DebVersion.parse("-1"))
        .hasMessage("\"-1\" is not a Debian version: there is nothing before the revision");
    assertThatThrownBy(() -> DebVersion.parse("1 0"))
        .hasMessage("\"1 0\" is not a Debian version: ' ' is not allowed in a version");
    assertThatThrownBy(() -> DebVersion.parse("1-a:b"))
        .hasMessage("\"1-a:b\" is not a Debian version: the epoch \"1-a\" is not a number");
    assertThatThrownBy(() -> DebVersion.parse("1:1-a:b"))
        .hasMessage("\"1:1-a:b\" is not a Debian version: ':' is not allowed in a revision");
  }

  @Test
  @RequiresTool(value = "dpkg", in = "dpkg")
  void dpkgAgrees() throws IOException, InterruptedException {
    for (int i = 1; i < ASCENDING.size(); i++) {
      int status =
          Tool.run(
                  Map.of(),
                  "dpkg",
                  "--compare-versions",
                  ASCENDING.get(i - 1),
                  "lt",
                  ASCENDING.get(i))
              .status();
      assertThat(status).as("%s before %s", ASCENDING.get(i - 1), ASCENDING.get(i)).isZero();
    }
  }

  static int compare(String a, String b) {
    return DebVersion.parse(a).compareTo(DebVersion.parse(b));
  }
}
