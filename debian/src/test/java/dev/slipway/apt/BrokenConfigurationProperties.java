// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.fetch.Logins;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever becomes of a text that people or mirrors wrote: it is read, or there is one clear error.
 */
class BrokenConfigurationProperties {
  private static final String RELEASE =
      """
      Origin: Debian
      Suite: stable
      Codename: bookworm
      Date: Sat, 11 Jul 2026 10:16:37 UTC
      Valid-Until: Sat, 18 Jul 2026 10:16:37 +0000
      SHA256:
       e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages
       f61f27bd17de546264aa58f40f3aafaac7021e0ef69c17f6b1b4cd7664a037ec 20 main/binary-amd64/Packages.gz
      """;
  private static final String ONE_LINE =
      "deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://a.test/debian bookworm main # x\n";
  private static final String DEB822 =
      "Types: deb\nURIs: http://a.test/debian\nSuites: x y\nComponents: main\nSigned-By:\n"
          + " -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n -----END PGP PUBLIC KEY BLOCK-----\n";
  private static final String CONF =
      "A { B \"1\"; C { \"x\"; }; }; // x\n#clear A::B;\nD::E yes;\n";
  private static final String LOGINS = "machine http://a.test:80/x login y password z\n";

  private interface Reader {
    void read(String text) throws IOException;
  }

  /** One byte is another, and the end may be missing. */
  private static void broken(String text, int at, int value, int end, String source, Reader reader)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    bytes[at % bytes.length] = (byte) value;
    String hurt = new String(bytes, 0, end % (bytes.length + 1), StandardCharsets.ISO_8859_1);
    try {
      reader.read(hurt);
    } catch (FormatException | IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith(source);
    }
  }

  @Property
  void releaseFiles(
      @ForAll @IntRange(max = 1000) int at,
      @ForAll @IntRange(max = 255) int value,
      @ForAll @IntRange(max = 1000) int end)
      throws IOException {
    broken(
        RELEASE,
        at,
        value,
        end,
        "s",
        t -> ReleaseFile.parse(t.getBytes(StandardCharsets.UTF_8), "s"));
  }

  @Property
  void sources(
      @ForAll @IntRange(max = 1000) int at,
      @ForAll @IntRange(max = 255) int value,
      @ForAll @IntRange(max = 1000) int end)
      throws IOException {
    broken(ONE_LINE, at, value, end, "s", text -> new SourcesParser().oneLine(text, "s"));
    broken(DEB822, at, value, end, "s", text -> new SourcesParser().deb822(text, "s"));
  }

  @Property
  void settingsAndLogins(
      @ForAll @IntRange(max = 1000) int at,
      @ForAll @IntRange(max = 255) int value,
      @ForAll @IntRange(max = 1000) int end)
      throws IOException {
    broken(CONF, at, value, end, "s", text -> AptConf.empty().with(text, "s"));
    broken(LOGINS, at, value, end, "s", text -> Logins.parse(text, "s"));
  }
}
