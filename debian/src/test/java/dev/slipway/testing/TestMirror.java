// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import dev.slipway.codec.Codec;
import dev.slipway.digest.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A package archive on the loopback interface, with real packages and real signatures, as apt
 * itself accepts it; and a machine's apt configuration that points to it. Faults are those of its
 * {@link #server}.
 *
 * <pre>{@code
 * try (TestMirror mirror = TestMirror.start(directory)) {
 *   mirror.suite("bookworm").add(TestDeb.of("hello", "1.0"));
 *   mirror.publish();
 *   AptConfiguration.read(mirror.machine(), Map.of());
 * }
 * }</pre>
 */
public final class TestMirror implements AutoCloseable {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** One key for all mirrors of a run: making one takes a while. */
  private static final TestSigner SIGNER =
      TestSigner.create(
          "Test Archive <archive@example.test>", Instant.parse("2020-01-01T00:00:00Z"));

  private final TestServer server;
  private final Path machine;
  private final Map<String, Suite> suites = new LinkedHashMap<>();

  /** One suite; everything about it may be set until it is published. */
  public static final class Suite {
    private final String codename;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Map<String, List<TestDeb>> components = new TreeMap<>();
    private TestSigner signer = SIGNER;
    private Instant date = Instant.now().minus(Duration.ofHours(1));
    private boolean inline = true;
    private boolean signed = true;
    private boolean plainIndexes = true;
    private List<Codec> codecs = List.of(Codec.XZ, Codec.GZIP);

    private Suite(String codename) {
      this.codename = codename;
      fields.put("Origin", "Debian");
      fields.put("Label", "Debian");
      fields.put("Suite", codename.replace("bookworm", "stable").replace("trixie", "testing"));
      fields.put("Codename", codename);
      fields.put("Acquire-By-Hash", "yes");
      components.put("main", new ArrayList<>());
    }

    /** Adds a package to component main. */
    public Suite add(TestDeb deb) {
      return add("main", deb);
    }

    /** Adds a package. */
    public Suite add(String component, TestDeb deb) {
      components.computeIfAbsent(component, name -> new ArrayList<>()).add(deb);
      return this;
    }

    /** Drops a package in all its versions. */
    public Suite remove(String name) {
      components.values().forEach(debs -> debs.removeIf(deb -> deb.name().equals(name)));
      return this;
    }

    /** Sets a field of its Release file; an empty value drops it. */
    public Suite field(String name, String value) {
      fields.put(name, value);
      return this;
    }

    public Suite dated(Instant when) {
      date = when;
      return this;
    }

    public Suite validUntil(Instant when) {
      return field("Valid-Until", DATE.format(when));
    }

    public Suite signedBy(TestSigner other) {
      signer = other;
      return this;
    }

    /** Signs with Release and Release.gpg in place of InRelease. */
    public Suite detached() {
      inline = false;
      return this;
    }

    /** Does not sign. */
    public Suite unsigned() {
      inline = false;
      signed = false;
      return this;
    }

    /** Offers indexes in these forms. */
    public Suite indexes(boolean listPlain, List<Codec> compressed) {
      plainIndexes = listPlain;
      codecs = List.copyOf(compressed);
      return this;
    }
  }

  private TestMirror(TestServer server, Path machine) {
    this.server = server;
    this.machine = machine;
  }

  /**
   * Starts an archive without suites.
   *
   * @param directory an empty one, for the machine's configuration
   */
  public static TestMirror start(Path directory) throws IOException {
    return new TestMirror(TestServer.start(), directory);
  }

  /** The suite of a codename, such as {@code bookworm-updates}, new if need be. */
  public Suite suite(String codename) {
    return suites.computeIfAbsent(codename, Suite::new);
  }

  /** The server, for faults and for what was asked. */
  public TestServer server() {
    return server;
  }

  /** The archive's address. */
  public URI base() {
    return server.uri("/debian");
  }

  /** The key that signs. */
  public static TestSigner signer() {
    return SIGNER;
  }

  /** The keyring file with the archive's key. */
  public Path keyring() {
    return machine.resolve("usr/share/keyrings/test.gpg");
  }

  /** The root of a machine whose apt configuration has all suites, component main. */
  public Path machine() {
    return machine;
  }

  /** Where a suite's file is on the server. */
  public String path(String codename, String file) {
    return "/debian/dists/" + codename + "/" + file;
  }

  /** Where a package is on the server. */
  public String path(TestDeb deb) {
    return "/debian/" + filename(deb);
  }

  private static String filename(TestDeb deb) {
    return "pool/main/" + deb.name().charAt(0) + "/" + deb.name() + "/" + deb.fileName();
  }

  /** Puts everything on the server as it is now; what was there before goes. */
  public TestMirror publish() throws IOException {
    server.paths().forEach(server::remove);
    for (Suite suite : suites.values()) {
      publish(suite);
    }
    Files.createDirectories(keyring().getParent());
    Files.write(keyring(), SIGNER.publicKey());
    Path sources = machine.resolve("etc/apt/sources.list");
    Files.createDirectories(sources.getParent());
    var lines = new StringBuilder();
    for (Suite suite : suites.values()) {
      lines
          .append("deb [signed-by=/usr/share/keyrings/test.gpg] ")
          .append(base())
          .append(' ')
          .append(suite.codename)
          .append(' ')
          .append(String.join(" ", suite.components.keySet()))
          .append('\n');
    }
    Files.writeString(sources, lines);
    return this;
  }

  private void publish(Suite suite) {
    var architectures = new TreeSet<String>();
    suite
        .components
        .values()
        .forEach(debs -> debs.forEach(deb -> architectures.add(deb.architecture())));
    architectures.remove("all");
    architectures.add("amd64");
    var files = new TreeMap<String, byte[]>();
    suite.components.forEach(
        (component, debs) -> {
          for (TestDeb deb : debs) {
            server.put(path(deb), deb.bytes());
          }
          for (String architecture : architectures) {
            index(
                suite,
                component + "/binary-" + architecture + "/Packages",
                packages(debs, architecture),
                files);
          }
        });
    String release = release(suite, architectures, files);
    byte[] plain = release.getBytes(StandardCharsets.UTF_8);
    if (suite.inline) {
      server.put(path(suite.codename, "InRelease"), suite.signer.clearSign(release, suite.date));
    } else {
      server.put(path(suite.codename, "Release"), plain);
      if (suite.signed) {
        server.put(path(suite.codename, "Release.gpg"), suite.signer.detached(plain, suite.date));
      }
    }
  }

  private void index(Suite suite, String path, byte[] plain, Map<String, byte[]> listed) {
    if (suite.plainIndexes) {
      listed.put(path, plain); // listed, but as Debian does, only compressed forms are there
    }
    for (Codec codec : suite.codecs) {
      byte[] compressed = codec.encode(plain);
      listed.put(path + codec.suffix(), compressed);
      server.put(path(suite.codename, path + codec.suffix()), compressed);
      String directory = path.substring(0, path.lastIndexOf('/'));
      String byHash = directory + "/by-hash/SHA256/" + Digest.of(compressed);
      if (!suite.fields.getOrDefault("Acquire-By-Hash", "").isEmpty()) {
        server.put(path(suite.codename, byHash), compressed);
      }
    }
  }

  private static byte[] packages(List<TestDeb> debs, String architecture) {
    var text = new StringBuilder();
    for (TestDeb deb : debs) {
      if (!deb.architecture().equals("all") && !deb.architecture().equals(architecture)) {
        continue;
      }
      byte[] bytes = deb.bytes();
      deb.fields()
          .forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
      text.append("Filename: ").append(filename(deb)).append('\n');
      text.append("Size: ").append(bytes.length).append('\n');
      text.append("SHA256: ").append(Digest.of(bytes)).append("\n\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String release(
      Suite suite, TreeSet<String> architectures, Map<String, byte[]> files) {
    var text = new StringBuilder();
    suite.fields.forEach(
        (name, value) -> text.append(value.isEmpty() ? "" : name + ": " + value + "\n"));
    text.append("Date: ").append(DATE.format(suite.date)).append('\n');
    text.append("Architectures: ").append(String.join(" ", architectures)).append('\n');
    text.append("Components: ").append(String.join(" ", suite.components.keySet())).append('\n');
    text.append("SHA256:\n");
    files.forEach(
        (path, bytes) ->
            text.append(
                String.format(Locale.ROOT, " %s %d %s%n", Digest.of(bytes), bytes.length, path)));
    return text.toString();
  }

  @Override
  public void close() {
    server.close();
  }
}
