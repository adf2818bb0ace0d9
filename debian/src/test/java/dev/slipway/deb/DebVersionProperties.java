// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import io.github.nscuro.versatile.VersionFactory;
import io.github.nscuro.versatile.version.Version;
import java.io.IOException;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DebVersionProperties {
  /** Few signs, so that texts often begin alike, which is where mistakes hide. */
  @Provide
  Arbitrary<String> versions() {
    Arbitrary<String> part =
        Arbitraries.strings().withChars("019aZ~+.").ofMinLength(0).ofMaxLength(5);
    Arbitrary<String> upstream = part.map(rest -> "1" + rest);
    Arbitrary<String> epoch = Arbitraries.of("", "", "0:", "1:");
    Arbitrary<String> revision = Arbitraries.of("", "", "-0", "-1", "-1~", "-1+b1", "-a");
    return Combinators.combine(epoch, upstream, revision).as((e, u, r) -> e + u + r);
  }

  @Property(tries = 5000)
  void agreesWithAnotherLibrary(@ForAll("versions") String a, @ForAll("versions") String b) {
    assertThat(Integer.signum(DebVersionTest.compare(a, b)))
        .isEqualTo(Integer.signum(other(a).compareTo(other(b))));
  }

  private static Version other(String text) {
    return VersionFactory.forScheme("deb", text);
  }

  @Property
  void isAnOrder(
      @ForAll("versions") String a, @ForAll("versions") String b, @ForAll("versions") String c) {
    assertThat(Integer.signum(DebVersionTest.compare(a, b)))
        .isEqualTo(-Integer.signum(DebVersionTest.compare(b, a)));
    if (DebVersionTest.compare(a, b) <= 0 && DebVersionTest.compare(b, c) <= 0) {
      assertThat(DebVersionTest.compare(a, c)).isNotPositive();
    }
  }

  @Test
  @RequiresTool(value = "dpkg", in = "dpkg")
  void dpkgAgreesOnTextsOfMixedSigns() throws IOException, InterruptedException {
    var random = new java.util.Random(20_260_101);
    String signs = "019aZ~+.-";
    for (int i = 0; i < 300; i++) {
      String a = text(random, signs);
      String b = text(random, signs);
      String operator =
          DebVersionTest.compare(a, b) < 0 ? "lt" : DebVersionTest.compare(a, b) > 0 ? "gt" : "eq";
      assertThat(Tool.run(Map.of(), "dpkg", "--compare-versions", a, operator, b).status())
          .as("%s %s %s", a, operator, b)
          .isZero();
    }
  }

  private static String text(java.util.Random random, String signs) {
    var out = new StringBuilder("1");
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      out.append(signs.charAt(random.nextInt(signs.length())));
    }
    return out.append(random.nextInt(3)).toString();
  }
}
