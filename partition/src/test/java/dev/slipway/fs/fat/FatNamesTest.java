// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class FatNamesTest {
  private static String aliases(String... names) {
    var out = new ArrayList<String>();
    for (FatNames.Named named : FatNames.assign(List.of(names))) {
      out.add(FatNames.text(named.alias()) + (named.isLong() ? "+" : ""));
    }
    return String.join(" ", out);
  }

  @Test
  void namesThatAreAliasesNeedNoLongEntry() {
    assertThat(aliases("BOOTX64.EFI", "A", "EFI", "12345678.123", "-_$%'@~`!(){}^#&"))
        .isEqualTo(
            "BOOTX64.EFI A EFI 12345678.123 -_$%'@~`~1+".replace("-_$%'@~`~1+", "-_$%'@~1+"));
  }

  @Test
  void lowerCaseNamesKeepTheirAliasAndGetALongEntry() {
    assertThat(aliases("grub.cfg", "Grubenv", "a.b")).isEqualTo("GRUB.CFG+ GRUBENV+ A.B+");
  }

  @Test
  void otherNamesGetTails() {
    assertThat(aliases("long file name.text", "long file other.text"))
        .isEqualTo("LONGFI~1.TEX+ LONGFI~2.TEX+");
    assertThat(aliases("a.b.c", "a+b", ".hidden", "...x", "x.", "no extension"))
        .isEqualTo("AB~1.C+ A_B~1+ HIDDEN~1+ X~1+ X~2+ NOEXTE~1+");
    assertThat(aliases(".config.json")).isEqualTo("CONFIG~1.JSO+");
  }

  @Test
  void generatedAliasesNeverTakeAnothersName() {
    assertThat(aliases("long file name.text", "LONGFI~1.TEX", "longfi~2.tex"))
        .isEqualTo("LONGFI~3.TEX+ LONGFI~1.TEX LONGFI~2.TEX+");
  }

  @Test
  void tailsGrowIntoTheName() {
    var names = new ArrayList<String>();
    for (int i = 0; i < 12_000; i++) {
      names.add("the same beginning " + i);
    }
    List<FatNames.Named> named = FatNames.assign(names);
    assertThat(FatNames.text(named.get(8).alias())).isEqualTo("THESAM~9");
    assertThat(FatNames.text(named.get(9).alias())).isEqualTo("THESA~10");
    assertThat(FatNames.text(named.get(11_999).alias())).isEqualTo("TH~12000");
    var seen = new HashSet<String>();
    named.forEach(n -> assertThat(seen.add(FatNames.text(n.alias()))).isTrue());
  }

  @Test
  void lettersOutsideAsciiUseTheCodePage() {
    FatNames.Named named = FatNames.assign(List.of("äöü.ñ")).get(0);
    assertThat(named.alias())
        .isEqualTo(
            new byte[] {
              (byte) 0x8e, (byte) 0x99, (byte) 0x9a, 32, 32, 32, 32, 32, (byte) 0xa5, 32, 32
            });
    assertThat(named.isLong()).isTrue();
    assertThat(aliases("€uro", "日本")).isEqualTo("_URO~1+ __~1+");
  }

  @Test
  void theCodePageIsTheOneOfTheJdk() {
    Charset jdk = Charset.forName("IBM437");
    for (int i = 0; i < 256; i++) {
      String expected = new String(new byte[] {(byte) i}, jdk);
      if (i >= 0x80) {
        assertThat(String.valueOf(Cp437.decode(i))).isEqualTo(expected);
        assertThat(Cp437.encode(expected.charAt(0))).isEqualTo(i);
      }
    }
    assertThat(Cp437.encode('€')).isEqualTo(-1);
  }

  /** The checksum of the specification's example code, computed by hand for one name. */
  @Test
  void checksumRotatesRightAndAdds() {
    byte[] alias = "A          ".getBytes(StandardCharsets.US_ASCII);
    int sum = 0x41;
    for (int i = 1; i < 11; i++) {
      sum = ((sum & 1) != 0 ? 0x80 : 0) + (sum >> 1) + 0x20 & 0xff;
    }
    assertThat(FatNames.checksum(alias)).isEqualTo(sum);
  }

  @Test
  void saysWhyANameCannotBe() {
    assertThat(FatNames.problem("a:b")).contains("FAT names hold no :");
    assertThat(FatNames.problem("a\nb")).contains("FAT names hold no control characters (U+000A)");
    assertThat(FatNames.problem("end.")).isPresent();
    assertThat(FatNames.problem("end ")).isPresent();
    assertThat(FatNames.problem("x".repeat(256))).isPresent();
    assertThat(FatNames.problem("x".repeat(255))).isEmpty();
    assertThat(FatNames.problem("a+b,c;d=e[f]")).isEmpty();
  }

  @Test
  void labelsAreElevenCharactersOfTheCodePage() {
    FatNames.requireLabel("");
    FatNames.requireLabel("ESP");
    FatNames.requireLabel("MY LABEL 11");
    for (String wrong : List.of("esp", "TWELVE CHARS", " ESP", "ESP ", "A.B", "A/B", "€")) {
      assertThatThrownBy(() -> FatNames.requireLabel(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + wrong + "\"");
    }
  }
}
