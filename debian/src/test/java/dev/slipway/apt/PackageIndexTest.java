// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deb.Stanza;
import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PackageIndexTest {
  private static final IndexOrigin ORIGIN = IndexOrigin.of(0, "bookworm", "main");

  private static final String BASH =
      """
      Package: bash
      Version: 5.2.15-2+b13
      Essential: yes
      Installed-Size: 7164
      Maintainer: Somebody <somebody@example.org>
      Architecture: amd64
      Replaces: bash-completion (<< 20060301-0)
      Depends: base-files (>= 2.1.12),
       debianutils (>= 5.6-0.1)
      Pre-Depends: libc6 (>= 2.36), libtinfo6 (>= 6)
      Source: bash-source (5.2.15-2)
      Description: GNU Bourne Again SHell
      Multi-Arch: foreign
      section: shells
      PRIORITY: required
      Provides: sh-like, posix (= 2)
      Filename: pool/main/b/bash/bash_5.2.15-2+b13_amd64.deb
      Size: 1491288
      SHA256: 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f
      """;

  @Test
  void readsAPackage() throws IOException {
    PackageIndex index = TestArchive.index(ORIGIN, "# made by hand\n\n" + BASH + "\n\n");
    assertThat(index.size()).isEqualTo(1);
    BinaryPackage bash = index.find("bash").get(0);
    assertThat(bash).hasToString("bash 5.2.15-2+b13");
    assertThat(bash.isEssential()).isTrue();
    assertThat(bash.isProtected()).isFalse();
    assertThat(bash.priority()).isEqualTo(BinaryPackage.Priority.REQUIRED);
    assertThat(bash.section()).isEqualTo("shells");
    assertThat(bash.multiArch()).isEqualTo("foreign");
    assertThat(bash.source()).isEqualTo("bash-source");
    assertThat(bash.sourceVersion()).isEqualTo("5.2.15-2");
    assertThat(bash.installedKib()).isEqualTo(7164);
    assertThat(bash.size()).isEqualTo(1_491_288);
    assertThat(bash.filename()).isEqualTo("pool/main/b/bash/bash_5.2.15-2+b13_amd64.deb");
    assertThat(bash.digest().hex()).isEqualTo("0f".repeat(32));
    assertThat(bash.depends()).hasToString("[base-files (>= 2.1.12), debianutils (>= 5.6-0.1)]");
    assertThat(bash.preDepends()).hasToString("[libc6 (>= 2.36), libtinfo6 (>= 6)]");
    assertThat(bash.recommends()).isEmpty();
    assertThat(bash.index()).isSameAs(index);
    assertThat(index.find("bash").get(0)).isSameAs(bash);
    assertThat(index.find("bas")).isEmpty();
    assertThat(index.providing("posix")).containsExactly(bash);
    assertThat(index.providing("bash")).isEmpty();
    assertThat(index).hasToString("bookworm/main (1 packages)");
  }

  @Test
  void anEmptyIndexIsAnIndex() throws IOException {
    PackageIndex index = TestArchive.index(ORIGIN, "");
    assertThat(index.size()).isZero();
    assertThat(index.find("a")).isEmpty();
    assertThat(index.providing("a")).isEmpty();
  }

  @Test
  void leavesOutOtherArchitectures() throws IOException {
    PackageIndex index =
        TestArchive.index(
            ORIGIN,
            stanza("a", "amd64")
                + stanza("b", "arm64")
                + stanza("c", "all")
                + stanza("d", "amd64x"));
    assertThat(index.size()).isEqualTo(2);
    assertThat(index.at(0).name()).isEqualTo("a");
    assertThat(index.at(1).name()).isEqualTo("c");
  }

  @Test
  void keepsAllVersionsOfAName() throws IOException {
    PackageIndex index =
        TestArchive.index(
            ORIGIN,
            "Package: a\nVersion: 1\nArchitecture: all\n\nPackage: b\nVersion: 1\nArchitecture: all\n\nPackage: a\nVersion: 2\nArchitecture: all");
    assertThat(index.find("a")).hasToString("[a 1, a 2]");
  }

  @Test
  void namesTheLineOfAMistake() {
    mistake(
        "Package: a\nVersion: 1\n\n",
        "Packages: line 3: the stanza that ends here has no field Architecture");
    mistake("Package: a\n", "Packages: line 1: the stanza that ends here has no field Version");
    mistake(
        "Package: a\nVersion\n",
        "Packages: line 2: found \"Version\", expected a field name and a colon");
    mistake(
        "Package: a\npackage: b\n",
        "Packages: line 2: the field Package is given twice in one stanza");
    mistake(
        " Package: a\n",
        "Packages: line 1: a line that goes on with a value, but there is no field before it");
    mistake("<html>\n", "Packages: line 1: found \"<html>\", expected a field name and a colon");
  }

  private static void mistake(String text, String message) {
    assertThatThrownBy(() -> TestArchive.index(ORIGIN, text))
        .isInstanceOf(FormatException.class)
        .hasMessage(message);
  }

  @Test
  void aBrokenPackageOnlyHurtsWhoWantsIt() throws IOException {
    PackageIndex index =
        TestArchive.index(
            ORIGIN,
            "Package: a\nVersion: 1_\nArchitecture: all\n\nPackage: b\nVersion: 1\nArchitecture: all\nDepends: (x\nSize: -3\nSHA256: 12\nFilename: a/../../b\n");
    assertThatThrownBy(() -> index.find("a"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("Packages: package a: Version: \"1_\" is not a Debian version");
    BinaryPackage b = index.find("b").get(0);
    assertThatThrownBy(b::depends)
        .hasMessage(
            "Packages: package b 1: Depends: column 1 of \"(x\": found '(', expected a package name");
    assertThatThrownBy(b::size)
        .hasMessage("Packages: package b 1: Size: found \"-3\", expected a number");
    assertThatThrownBy(b::digest)
        .hasMessageStartingWith(
            "Packages: package b 1: SHA256: a SHA-256 digest has 64 hexadecimal digits");
    assertThatThrownBy(b::filename)
        .hasMessage("Packages: package b 1: Filename: \"a/../../b\" leads out of the archive");
  }

  @Test
  void aLineOrStanzaWithoutEndDoesNotFillTheMemory() {
    assertThatThrownBy(
            () ->
                PackageIndex.read(
                    endless("Package: aaaaaaaa"), "Packages", ORIGIN, Architecture.of("amd64")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("line 1: longer than");
    assertThatThrownBy(
            () ->
                PackageIndex.read(
                    endless("Package: a\n bbbbbbb\n ccccccc\n"),
                    "Packages",
                    ORIGIN,
                    Architecture.of("amd64")))
        .isInstanceOf(FormatException.class)
        .hasMessageMatching(
            "Packages: line \\d+: (the stanza is larger than \\d+ bytes|the field Package is given twice in one stanza)");
    assertThatThrownBy(
            () ->
                PackageIndex.read(
                    endless("Depends: a", "\n b"), "Packages", ORIGIN, Architecture.of("amd64")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the stanza is larger than");
  }

  private static InputStream endless(String text) {
    return endless("", text);
  }

  private static InputStream endless(String first, String repeated) {
    byte[] start = first.getBytes(StandardCharsets.UTF_8);
    byte[] rest = repeated.getBytes(StandardCharsets.UTF_8);
    return new InputStream() {
      private long at;

      @Override
      public int read() {
        long here = at++;
        return here < start.length
            ? start[(int) here]
            : rest[(int) ((here - start.length) % rest.length)];
      }
    };
  }

  /** Texts with everything that ends lines, fields and stanzas. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> field =
        Arbitraries.of(
            "Package: a",
            "Package: b ",
            "version:1",
            "Version:  2-3",
            "Architecture: all",
            "Architecture: amd64",
            "Description: x",
            "Depends: a,\n b",
            "Provides: v",
            "#x",
            "X-y: z\n more",
            "",
            "",
            "\t",
            "Tag:\r");
    return field.list().ofMaxSize(25).map(lines -> String.join("\n", lines));
  }

  @Property
  void readsTheSameAsTheGeneralReader(@ForAll("texts") String text) throws IOException {
    List<Stanza> stanzas;
    try {
      stanzas = Stanza.readAll(text, "Packages");
      for (Stanza stanza : stanzas) {
        stanza.require("Package", "x");
        stanza.require("Version", "x");
        stanza.require("Architecture", "x");
      }
    } catch (FormatException e) {
      if (!e.getMessage().contains("X-y")
          && !e.getMessage().contains("Description")
          && !e.getMessage().contains("Tag")) {
        assertThatThrownBy(() -> TestArchive.index(ORIGIN, text))
            .isInstanceOf(FormatException.class);
      }
      return;
    }
    PackageIndex index =
        PackageIndex.read(slowly(text), "Packages", ORIGIN, Architecture.of("amd64"));
    assertThat(index.size()).isEqualTo(stanzas.size());
    for (int i = 0; i < stanzas.size(); i++) {
      BinaryPackage read = index.at(i);
      assertThat(read.name()).isEqualTo(stanzas.get(i).get("Package").orElseThrow());
      assertThat(read.version()).hasToString(stanzas.get(i).get("Version").orElseThrow());
      assertThat(read.depends()).hasSize(stanzas.get(i).get("Depends").isPresent() ? 2 : 0);
    }
  }

  /** Three bytes at a time, so that lines are cut everywhere. */
  private static InputStream slowly(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 3));
      }
    };
  }

  private static String stanza(String name, String architecture) {
    return "Package: " + name + "\nVersion: 1\nArchitecture: " + architecture + "\n\n";
  }
}
