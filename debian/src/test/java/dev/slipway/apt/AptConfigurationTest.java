// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.fetch.Fetcher;
import dev.slipway.fetch.Request;
import dev.slipway.fetch.Sink;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations as people write them; apt itself is the referee for what they mean. */
class AptConfigurationTest {
  @TempDir Path root;

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private AptConfiguration read() throws IOException {
    return AptConfiguration.read(root, Map.of());
  }

  /**
   * As apt does it: the proxy, an exception to it, logins of both places. A login is shown without
   * encryption only where its line says {@code http://}.
   */
  @Test
  void mirrorsAreReachedAsAptReachesThem() throws IOException {
    byte[] bytes = {1, 2, 3};
    try (TestServer proxy = TestServer.start().put("/debian/file", bytes);
        TestServer direct = TestServer.start().put("/file", bytes)) {
      write(
          "etc/apt/apt.conf.d/10proxy",
          "Acquire::http::Proxy \""
              + proxy.uri("/")
              + "\";\nAcquire::http::Proxy::127.0.0.1 \"DIRECT\";\n");
      write("etc/apt/auth.conf", "machine http://mirror.invalid/debian login me password first\n");
      write("etc/apt/auth.conf.d/90.conf", "machine http://127.0.0.1 login you password second\n");
      Fetcher fetcher = Fetcher.with(read().fetchOptions());
      Task task = Progress.none().start("fetching", 1);
      for (URI uri :
          List.of(URI.create("http://mirror.invalid/debian/file"), direct.uri("/file"))) {
        assertThat(fetcher.fetch(Request.of(uri), Sink.memory(), task).value()).hasValue(bytes);
      }
      assertThat(proxy.asked())
          .extracting(TestServer.Asked::authorization)
          .containsExactly(basic("me:first"));
      assertThat(direct.asked())
          .extracting(TestServer.Asked::authorization)
          .containsExactly(basic("you:second"));
    }
  }

  private static String basic(String login) {
    byte[] bytes = login.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void readsOneLineSources() throws IOException {
    write(
        "etc/apt/sources.list",
        """
        # a comment
        deb http://mirror.test/debian bookworm main contrib # and another
        deb-src http://mirror.test/debian bookworm main
        deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg trusted=yes by-hash=no] https://other.test/apt/ stable main
        deb\t[ check-valid-until=no ]   file:/srv/flat  ./
        deb cdrom:[Debian]/ bookworm main
        """);
    AptConfiguration configuration = read();
    List<SourceEntry> sources = configuration.sources();
    assertThat(sources).hasSize(3);
    assertThat(sources.get(0).base()).isEqualTo(URI.create("http://mirror.test/debian"));
    assertThat(sources.get(0).components()).containsExactly("main", "contrib");
    assertThat(sources.get(0).where()).endsWith("sources.list:2");
    SourceEntry second = sources.get(1);
    assertThat(second.architectures()).containsExactly("amd64", "arm64");
    assertThat(second.signedBy().files()).containsExactly(Path.of("/usr/share/keyrings/x.gpg"));
    assertThat(second.trusted()).isTrue();
    assertThat(second.byHash()).isEqualTo(SourceEntry.ByHash.NEVER);
    assertThat(second.serves("i386")).isFalse();
    assertThat(sources.get(2).isFlat()).isTrue();
    assertThat(sources.get(2).checkValidUntil()).isEqualTo(Optional.of(false));
    assertThat(configuration.passedOver()).hasSize(1).first().asString().contains("\"cdrom:\"");
  }

  @Test
  void readsDeb822Sources() throws IOException {
    write(
        "etc/apt/sources.list.d/debian.sources",
        """
        Types: deb deb-src
        # a comment within
        URIs: http://a.test/debian http://b.test/debian
        Suites: trixie trixie-updates
        Components: main
          non-free-firmware
        Signed-By: /usr/share/keyrings/a.gpg
         /usr/share/keyrings/b.gpg
        By-Hash: force

        Enabled: no
        Types: deb
        URIs: http://c.test/
        Suites: x
        Components: y
        """);
    write("etc/apt/sources.list.d/ignored.sources.disabled", "nonsense");
    List<SourceEntry> sources = read().sources();
    assertThat(sources)
        .extracting(SourceEntry::suite)
        .containsExactly("trixie", "trixie-updates", "trixie", "trixie-updates");
    assertThat(sources.get(0).components()).containsExactly("main", "non-free-firmware");
    assertThat(sources.get(0).signedBy().files()).hasSize(2);
    assertThat(sources.get(0).byHash()).isEqualTo(SourceEntry.ByHash.ALWAYS);
  }

  @Test
  void saysWhatIsWrongWithASource() throws IOException {
    write("etc/apt/sources.list", "\nrpm http://mirror.test/ x y\n");
    assertThatThrownBy(this::read)
        .isInstanceOf(FormatException.class)
        .hasMessageEndingWith("sources.list:2: found \"rpm\", expected deb or deb-src");
    write("etc/apt/sources.list", "deb http://mirror.test/debian bookworm\n");
    assertThatThrownBy(this::read).hasMessageContaining("needs a component, such as main");
    write("etc/apt/sources.list", "deb [arch=amd64 http://mirror.test/debian x y\n");
    assertThatThrownBy(this::read).hasMessageContaining("closing bracket");
    write("etc/apt/sources.list", "deb http://me:secret@mirror.te^st/debian x y\n");
    assertThatThrownBy(this::read)
        .hasMessageContaining("the address is not valid")
        .hasNoCause()
        .hasMessageNotContaining("secret");
    for (String line :
        List.of(
            "deb //me:sec/ret@mirror.test/debian x y",
            "deb http://me:secret@mirror.test/debian",
            "http://me:secret@mirror.test/debian x y")) {
      write("etc/apt/sources.list", line + "\n");
      assertThatThrownBy(this::read)
          .hasMessageContaining("***@mirror.test/debian")
          .hasNoCause()
          .hasMessageNotContaining("sec");
    }
  }

  @Test
  void readsSettingsInEveryNotation() throws IOException {
    AptConf conf =
        AptConf.empty()
            .with(
                """
                Acquire { http { Proxy "http://proxy.test:3128/"; }; };
                Acquire::http::Proxy::local.test DIRECT; // no proxy there
                /* nothing
                   here */
                Acquire::HTTP::proxy::far.test "http://far-proxy.test:80";
                """,
                "10proxy");
    assertThat(conf.get("acquire::http::proxy")).contains("http://proxy.test:3128/");
    assertThat(conf.below("Acquire::http::Proxy"))
        .containsExactly(
            Map.entry("local.test", "DIRECT"), Map.entry("far.test", "http://far-proxy.test:80"));
  }

  @Test
  void laterSettingsWinAndCanBeCleared() throws IOException {
    AptConf conf =
        AptConf.empty()
            .with("A::B \"1\"; A::C \"2\"; List { \"x\"; \"y\"; }; List:: \"z\";", "one")
            .with("#clear A::B; A::C \"3\"; # comment\n", "two");
    assertThat(conf.get("A::B")).isEmpty();
    assertThat(conf.get("a::c")).contains("3");
  }

  @Test
  void brokenConfigurationIsNamedWithItsLine() {
    assertThatThrownBy(() -> AptConf.empty().with("A {\n B \"1\";\n", "apt.conf"))
        .isInstanceOf(FormatException.class)
        .hasMessage("apt.conf: line 3: ends within a statement; a semicolon or a brace is missing");
    assertThatThrownBy(() -> AptConf.empty().with("A \"1;\n", "apt.conf"))
        .hasMessage("apt.conf: line 1: a string without its end");
    assertThatThrownBy(() -> AptConf.empty().with("};", "apt.conf"))
        .hasMessage("apt.conf: line 1: a closing brace too many");
  }

  @Test
  void obeysDirectoriesElsewhere() throws IOException {
    write("elsewhere/list", "deb http://mirror.test/debian bookworm main\n");
    write("etc/apt/apt.conf", "Dir::Etc::sourcelist \"/elsewhere/list\";\n");
    assertThat(read().sources()).hasSize(1);
  }

  @Test
  void datesAreCheckedUnlessSwitchedOff() throws IOException {
    assertThat(read().checksValidUntil()).isTrue();
    write("etc/apt/apt.conf", "Acquire::Check-Valid-Until \"false\"; Acquire::Check-Date no;\n");
    write("etc/apt/apt.conf.d/ignored.bak", "nonsense {");
    assertThat(read().checksValidUntil()).isFalse();
    assertThat(read().checksDate()).isFalse();
  }

  @Test
  @RequiresTool(value = "apt-get", in = "apt")
  @RequiresTool(value = "apt-config", in = "apt")
  void agreesWithAptOnThisMachine() throws Exception {
    AptConfiguration host = AptConfiguration.ofHost();
    String targets =
        Tool.output(
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI) $(RELEASE) $(COMPONENT)",
            "Identifier: Packages");
    List<String> expected = targets.lines().distinct().sorted().toList();
    List<String> found =
        host.sources().stream()
            .flatMap(
                source ->
                    source.components().stream()
                        .map(
                            component ->
                                source.base().toString().replaceFirst("/*$", "/")
                                    + " "
                                    + source.suite()
                                    + " "
                                    + component))
            .distinct()
            .sorted()
            .toList();
    assertThat(found).isEqualTo(expected);
    String valid = Tool.output("apt-config", "shell", "v", "Acquire::Check-Valid-Until/b").strip();
    assertThat(host.checksValidUntil()).isEqualTo(!valid.contains("false"));
    assertThat(host.fetchOptions().parallel()).isPositive();
    for (SourceEntry source : host.sources()) {
      assertThat(host.keys(source).isEmpty()).as(source.where()).isFalse();
    }
  }
}
