// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.apt.ArchiveOptions.ValidUntil;
import dev.slipway.codec.Codec;
import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.signature.UntrustedException;
import dev.slipway.store.Blob;
import dev.slipway.store.Store;
import dev.slipway.testing.TestDeb;
import dev.slipway.testing.TestMirror;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.TestSigner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole archive on the loopback interface, right and wrong in every way. */
class ArchiveTest {
  private static final TestDeb HELLO =
      TestDeb.of("hello", "1:2.0+b1~x")
          .field("Depends", "libhello")
          .file("/usr/bin/hello", 0755, "hello\n");
  private static final TestDeb LIBHELLO =
      TestDeb.of("libhello", "2.0").file("/usr/lib/libhello.so", 0644, "x".repeat(100_000));

  @TempDir Path directory;

  private TestMirror mirror;
  private Store store;
  private Instant now;

  @BeforeEach
  void start() throws IOException {
    mirror = TestMirror.start(directory.resolve("machine"));
    mirror.suite("bookworm").add(HELLO).add(LIBHELLO);
    mirror.publish();
    store = Store.open(directory.resolve("store"));
    now = Instant.now();
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
    mirror.close();
  }

  private AptConfiguration host() throws IOException {
    return AptConfiguration.read(mirror.machine(), Map.of());
  }

  private Archive archive() throws IOException {
    return archive("bookworm", ArchiveOptions.at(now));
  }

  private Archive archive(String suite, ArchiveOptions options) throws IOException {
    return Archive.forPlatform(host(), Platform.of(suite, "amd64"), store, options);
  }

  private static BinaryPackage find(List<PackageIndex> indexes, String name) throws IOException {
    for (PackageIndex index : indexes) {
      List<BinaryPackage> found = index.find(name);
      if (!found.isEmpty()) {
        return found.get(0);
      }
    }
    throw new AssertionError("no " + name + " in " + indexes);
  }

  private List<PackageIndex> indexes() throws IOException {
    return archive().indexes(Progress.none());
  }

  private Throwable failure() {
    return catchThrowable(this::indexes);
  }

  // ---- what goes well

  @Test
  void givesWhatTheArchiveOffersDownToTheFile() throws IOException {
    Archive archive = archive();
    List<PackageIndex> indexes = archive.indexes(Progress.none());
    assertThat(indexes).hasSize(1);
    assertThat(indexes.get(0).origin())
        .isEqualTo(new IndexOrigin(0, "stable", "bookworm", "main", "Debian", "Debian", 500));
    assertThat(archive.newestDate()).isPresent();
    BinaryPackage hello = find(indexes, "hello");
    Blob blob = archive.fetch(hello);
    assertThat(blob.source().readAll()).isEqualTo(HELLO.bytes());
    assertThat(blob.label()).isEqualTo("hello_1%3a2.0+b1~x_amd64.deb");
  }

  @Test
  void readsDetachedSignaturesAndEveryCompression() throws IOException {
    for (Codec codec : List.of(Codec.XZ, Codec.ZSTD, Codec.GZIP, Codec.LZMA, Codec.NONE)) {
      for (boolean plain : new boolean[] {true, false}) {
        mirror.suite("bookworm").detached().indexes(plain && codec != Codec.NONE, List.of(codec));
        mirror.publish();
        assertThat(find(indexes(), "hello").version().toString()).isEqualTo(HELLO.version());
      }
    }
  }

  @Test
  void asksForIndexesByTheirDigestAndElseByName() throws IOException {
    indexes();
    assertThat(asked()).anyMatch(path -> path.contains("/by-hash/SHA256/"));
    mirror.suite("bookworm").field("Acquire-By-Hash", "").add(TestDeb.of("more", "1"));
    mirror.publish();
    mirror.server().forgetAsked();
    indexes();
    assertThat(asked()).noneMatch(path -> path.contains("/by-hash/"));
    mirror.suite("bookworm").field("Acquire-By-Hash", "yes").add(TestDeb.of("another", "1"));
    mirror.publish();
    mirror.server().paths().stream()
        .filter(path -> path.contains("/by-hash/"))
        .forEach(mirror.server()::remove);
    assertThat(find(indexes(), "another")).isNotNull();
  }

  private List<String> asked() {
    return mirror.server().asked().stream().map(TestServer.Asked::path).toList();
  }

  @Test
  void unchangedArchiveIsNotFetchedAgain() throws IOException {
    fetchAll(archive());
    mirror.server().forgetAsked();
    fetchAll(archive());
    assertThat(mirror.server().asked())
        .extracting(asked -> asked.path() + " " + asked.status())
        .containsExactly(mirror.path("bookworm", "InRelease") + " 304");
  }

  private List<Blob> fetchAll(Archive archive) throws IOException {
    List<PackageIndex> indexes = archive.indexes(Progress.none());
    return archive.fetch(
        List.of(PackageFile.of(find(indexes, "hello")), PackageFile.of(find(indexes, "libhello"))),
        Progress.none());
  }

  @Test
  void worksFromTheStoreAloneOnceAllWasThere() throws IOException {
    fetchAll(archive());
    mirror.server().close();
    fetchAll(archive("bookworm", ArchiveOptions.at(now).fromStoreOnly()));
  }

  @Test
  void offlineSaysWhatIsMissing() throws IOException {
    ArchiveOptions offline = ArchiveOptions.at(now).fromStoreOnly();
    assertThatThrownBy(() -> archive("bookworm", offline).indexes(Progress.none()))
        .hasMessageContaining("offline, and the store has never seen this suite");
    List<PackageIndex> indexes = indexes();
    PackageFile hello = PackageFile.of(find(indexes, "hello"));
    assertThatThrownBy(() -> archive("bookworm", offline).fetch(List.of(hello), Progress.none()))
        .isInstanceOf(MissingPackagesException.class)
        .hasMessage("offline, and the store lacks hello 1:2.0+b1~x; run once with the network");
    assertThat(mirror.server().asked()).hasSize(2);
  }

  @Test
  void progressKnowsItsTotal() throws IOException {
    var done = new AtomicLong();
    var totals = new ArrayList<String>();
    Progress progress =
        (name, total) -> {
          totals.add(name + " " + total);
          Task task = done::addAndGet;
          return task;
        };
    Archive archive = archive();
    List<PackageIndex> indexes = archive.indexes(Progress.none());
    archive.fetch(
        List.of(PackageFile.of(find(indexes, "hello")), PackageFile.of(find(indexes, "libhello"))),
        progress);
    long expected = HELLO.bytes().length + LIBHELLO.bytes().length;
    assertThat(totals).containsExactly("fetching packages " + expected);
    assertThat(done.get()).isEqualTo(expected);
  }

  @Test
  void severalSourcesKeepTheirPriorities() throws IOException {
    mirror
        .suite("bookworm-backports")
        .field("NotAutomatic", "yes")
        .field("ButAutomaticUpgrades", "yes")
        .add(TestDeb.of("hello", "3.0"));
    mirror.suite("bookworm-updates"); // nothing in it yet
    mirror
        .suite("bookworm-security")
        .field("Label", "Debian-Security")
        .add(TestDeb.of("hello", "2.1"));
    mirror.publish();
    List<PackageIndex> indexes = indexes();
    assertThat(indexes)
        .extracting(index -> index.origin() + " " + index.origin().priority())
        .containsExactly(
            "bookworm/main 500",
            "bookworm-backports/main 100",
            "bookworm-updates/main 500",
            "bookworm-security/main 500");
    assertThat(indexes.get(2)).extracting(PackageIndex::size).isEqualTo(0);
    assertThat(indexes.get(3).origin().label()).isEqualTo("Debian-Security");
  }

  // ---- which sources serve a platform

  @Test
  void anotherReleaseComesFromTheSamePlaces() throws IOException {
    mirror.suite("bookworm-updates");
    mirror.suite("bookworm-security");
    mirror.publish();
    String sources = Files.readString(mirror.machine().resolve("etc/apt/sources.list"));
    mirror.suite("trixie").add(TestDeb.of("hello", "9"));
    mirror.suite("trixie-security").add(TestDeb.of("hello", "9.1"));
    mirror.publish();
    Files.writeString(mirror.machine().resolve("etc/apt/sources.list"), sources);
    List<PackageIndex> indexes = archive("trixie", ArchiveOptions.at(now)).indexes(Progress.none());
    assertThat(indexes)
        .extracting(index -> index.origin().codename())
        .containsExactly("trixie", "trixie-security"); // there are no trixie-updates
  }

  @Test
  void strangersWithTheSameSuiteNamesAreLeftOut() throws IOException {
    try (TestMirror stranger = TestMirror.start(directory.resolve("stranger"))) {
      stranger.suite("bookworm").field("Origin", "Stranger").add(TestDeb.of("hello", "99"));
      stranger.publish();
      Files.writeString(
          mirror.machine().resolve("etc/apt/sources.list"),
          "deb [signed-by=/usr/share/keyrings/test.gpg] "
              + stranger.base()
              + " bookworm main\n"
              + "deb http://unreachable.invalid/apt nodistro main\n"
              + "deb http://unreachable.invalid/flat ./\n"
              + Files.readString(mirror.machine().resolve("etc/apt/sources.list")));
      List<PackageIndex> indexes = indexes();
      assertThat(indexes).hasSize(1);
      assertThat(indexes.get(0).origin().archive()).isEqualTo(1);
      assertThat(find(indexes, "hello").version().toString()).isEqualTo(HELLO.version());
    }
  }

  @Test
  void anotherDistributionIsServedByItsOwnSources() throws IOException {
    for (String suite : List.of("noble", "noble-updates", "noble-security")) {
      mirror
          .suite(suite)
          .field("Origin", "Ubuntu")
          .field("Label", "Ubuntu")
          .field("Suite", suite)
          .field("Codename", "noble") // theirs is the same for all three
          .indexes(true, List.of(Codec.ZSTD, Codec.GZIP))
          .add("universe", TestDeb.of("hello-" + suite, "24.04").compressed(Codec.ZSTD));
    }
    mirror.publish();
    Archive archive = archive("noble", ArchiveOptions.at(now));
    List<PackageIndex> indexes = archive.indexes(Progress.none());
    assertThat(indexes)
        .extracting(index -> index.origin().suite() + " " + index.origin().component())
        .containsExactly(
            "noble main",
            "noble universe",
            "noble-updates main",
            "noble-updates universe",
            "noble-security main",
            "noble-security universe");
    assertThat(archive.fetch(find(indexes, "hello-noble-security")).size()).isPositive();
  }

  @Test
  void passwordsAreSentButNeitherShownNorKept() throws IOException {
    URI base = URI.create(mirror.base().toString().replace("://", "://me:secret@"));
    SourceEntry source =
        SourceEntry.of(base, "bookworm", List.of("main"), "robot.yaml:5")
            .withSignedBy(SignedBy.keyring(Path.of("/usr/share/keyrings/test.gpg")));
    named(source).indexes(Progress.none());
    assertThat(mirror.server().asked()).allMatch(asked -> asked.authorization().length() > 10);
    assertThat(source.toString()).doesNotContain("secret");
    try (Stream<Path> all = Files.walk(store.directory())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain("secret");
      }
    }
    mirror.server().remove(mirror.path("bookworm", "InRelease"));
    assertThatThrownBy(() -> named(source).indexes(Progress.none()))
        .hasMessageContaining("there is no such suite")
        .hasMessageNotContaining("secret");
  }

  @Test
  void saysWhenNoSourceServesAPlatform() {
    assertThatThrownBy(
            () ->
                Archive.forPlatform(
                        host(), Platform.of("noble", "amd64"), store, ArchiveOptions.at(now))
                    .indexes(Progress.none()))
        .hasMessageStartingWith("no apt source of this machine serves ubuntu noble for amd64")
        .hasMessageEndingWith("name the sources in the specification");
    assertThatThrownBy(() -> archive("trixie", ArchiveOptions.at(now)).indexes(Progress.none()))
        .hasMessageContaining("/dists/trixie: there is no such suite");
  }

  @Test
  void namedSourcesAreTakenWhoeverTheyAre() throws IOException {
    mirror.suite("bookworm").field("Origin", "Own").field("Suite", "own").field("Codename", "own");
    mirror.publish();
    SourceEntry source =
        SourceEntry.of(mirror.base(), "bookworm", List.of("main"), "robot.yaml:5")
            .withSignedBy(SignedBy.keyring(Path.of("/usr/share/keyrings/test.gpg")))
            .withPriority(900);
    assertThatThrownBy(() -> named(source).indexes(Progress.none()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            "is for suite \"own\", codename \"own\", but \"bookworm\" was asked for (robot.yaml:5)");
    mirror.suite("bookworm").field("Codename", "bookworm");
    mirror.publish();
    assertThat(named(source).indexes(Progress.none()).get(0).origin().priority()).isEqualTo(900);
    SourceEntry none = source.withSuite("nosuch");
    assertThatThrownBy(() -> named(none).indexes(Progress.none()))
        .hasMessageContaining("there is no such suite: neither InRelease nor Release is there");
  }

  private Archive named(SourceEntry source) throws IOException {
    return Archive.ofSources(
        host(), List.of(source), Platform.of("bookworm", "amd64"), store, ArchiveOptions.at(now));
  }

  @Test
  void readsAFlatArchiveFromTheFileSystem() throws IOException {
    Path flat = Files.createDirectories(directory.resolve("flat archive"));
    Files.write(flat.resolve(HELLO.fileName()), HELLO.bytes());
    String packages =
        "Package: hello\nVersion: "
            + HELLO.version()
            + "\nArchitecture: amd64\nFilename: ./"
            + HELLO.fileName()
            + "\nSize: "
            + HELLO.bytes().length
            + "\nSHA256: "
            + Digest.of(HELLO.bytes())
            + "\n";
    Files.writeString(flat.resolve("Packages"), packages);
    byte[] index = packages.getBytes(StandardCharsets.UTF_8);
    String release = "SHA256:\n " + Digest.of(index) + " " + index.length + " Packages\n";
    Files.write(flat.resolve("InRelease"), TestMirror.signer().clearSign(release, now));
    SourceEntry source =
        SourceEntry.of(flat.toUri(), "./", List.of(), "robot.yaml:5")
            .withSignedBy(SignedBy.keyring(Path.of("/usr/share/keyrings/test.gpg")));
    Archive archive = named(source);
    BinaryPackage hello = find(archive.indexes(Progress.none()), "hello");
    assertThat(archive.fetch(hello).source().readAll()).isEqualTo(HELLO.bytes());
  }

  // ---- what goes wrong: each one clear error

  @Test
  void refusesWrongSignature() throws IOException {
    TestSigner other =
        TestSigner.create("Other <o@example.test>", Instant.parse("2020-01-01T00:00:00Z"));
    mirror.suite("bookworm").signedBy(other);
    mirror.publish();
    assertThat(failure())
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("/dists/bookworm/InRelease: its signature does not count: no key ")
        .hasMessageContaining("test.gpg");
  }

  @Test
  void refusesExpiredKey() throws IOException {
    TestSigner old =
        TestSigner.create(
            "Old <old@example.test>",
            Instant.parse("2020-01-01T00:00:00Z"),
            Optional.of(Duration.ofDays(365)));
    mirror.suite("bookworm").signedBy(old).dated(Instant.parse("2020-06-01T00:00:00Z"));
    mirror.publish();
    Files.write(mirror.keyring(), old.publicKey());
    assertThat(failure())
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("its key expired on 2020-12-31");
    assertThat(
            archive("bookworm", ArchiveOptions.at(Instant.parse("2020-07-01T00:00:00Z")))
                .indexes(Progress.none()))
        .hasSize(1);
  }

  @Test
  void refusesMissingSignature() throws IOException {
    mirror.suite("bookworm").unsigned();
    mirror.publish();
    assertThat(failure())
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("not signed: there is neither InRelease nor Release.gpg");
    Path list = mirror.machine().resolve("etc/apt/sources.list");
    Files.writeString(list, Files.readString(list).replace("[", "[trusted=yes "));
    assertThat(indexes()).hasSize(1);
  }

  @Test
  void refusesTamperedRelease() throws IOException {
    String path = mirror.path("bookworm", "InRelease");
    String text = new String(mirror.server().get(path), StandardCharsets.UTF_8);
    mirror
        .server()
        .put(path, text.replace("Label: Debian", "Label: Dbeian").getBytes(StandardCharsets.UTF_8));
    assertThat(failure())
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("the data was altered");
    mirror.server().put(path, ("Origin: Debian\n" + text).getBytes(StandardCharsets.UTF_8));
    assertThat(failure()).isInstanceOf(FormatException.class).hasMessageContaining("line 1");
    mirror
        .server()
        .put(path, "<html>Sign in to the network</html>".getBytes(StandardCharsets.UTF_8));
    assertThat(failure())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("it is not a signed text");
  }

  @Test
  void refusesWhatIsPastItsDateUnlessTold() throws IOException {
    mirror.suite("bookworm").validUntil(now.minus(Duration.ofDays(1)));
    mirror.publish();
    assertThat(failure())
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("was valid until")
        .hasMessageContaining("ignore Valid-Until");
    ArchiveOptions ignoring = ArchiveOptions.at(now).withValidUntil(ValidUntil.IGNORED);
    assertThat(archive("bookworm", ignoring).indexes(Progress.none())).hasSize(1);
    ArchiveOptions then = ArchiveOptions.at(now.minus(Duration.ofDays(1)).minusSeconds(10));
    mirror.suite("bookworm").dated(now.minus(Duration.ofDays(2)));
    mirror.publish();
    assertThat(archive("bookworm", then).indexes(Progress.none())).hasSize(1);
    Files.writeString(
        mirror.machine().resolve("etc/apt/apt.conf"), "Acquire::Check-Valid-Until \"false\";\n");
    assertThat(indexes()).hasSize(1);
    ArchiveOptions checking = ArchiveOptions.at(now).withValidUntil(ValidUntil.CHECKED);
    assertThatThrownBy(() -> archive("bookworm", checking).indexes(Progress.none()))
        .hasMessageContaining("was valid until");
  }

  @Test
  void anOldStateDoesNotReplaceANewerOne() throws IOException {
    mirror.suite("bookworm").dated(now.minus(Duration.ofDays(3)));
    mirror.publish();
    byte[] old = mirror.server().get(mirror.path("bookworm", "InRelease"));
    indexes();
    mirror.suite("bookworm").dated(now.minus(Duration.ofDays(1))).add(TestDeb.of("mended", "2"));
    mirror.publish();
    assertThat(find(indexes(), "mended")).isNotNull();
    mirror.server().put(mirror.path("bookworm", "InRelease"), old);
    Archive again = archive();
    assertThat(find(again.indexes(Progress.none()), "mended")).isNotNull();
    assertThat(again.newestDate().orElseThrow())
        .isEqualTo(now.minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS));
    assertThat(archive("bookworm", ArchiveOptions.at(now).fromStoreOnly()).indexes(Progress.none()))
        .extracting(index -> index.find("mended").size())
        .containsExactly(1);
  }

  @Test
  void anArchiveThatIsDownMattersOnlyWhenNoOtherHasTheFile() throws IOException {
    PackageFile hello = PackageFile.of(find(indexes(), "hello"));
    SourceEntry up = host().sources().get(0);
    SourceEntry down =
        new SourceEntry(
            URI.create("http://127.0.0.1:1/"),
            up.suite(),
            up.components(),
            up.architectures(),
            up.signedBy(),
            up.trusted(),
            up.byHash(),
            up.checkValidUntil(),
            Optional.empty(),
            "here");
    for (List<SourceEntry> sources : List.of(List.of(down), List.of(down, up))) {
      Archive archive =
          Archive.ofSources(
              host(), sources, Platform.of("bookworm", "amd64"), store, ArchiveOptions.at(now));
      if (sources.size() == 1) {
        assertThatThrownBy(() -> archive.fetch(List.of(hello), Progress.none()))
            .isInstanceOf(FetchException.class)
            .hasMessageStartingWith(hello.toString());
      } else {
        assertThat(archive.fetch(List.of(hello), Progress.none()).get(0).source().readAll())
            .isEqualTo(HELLO.bytes());
      }
    }
  }

  @Test
  void refusesWhatIsFromTheFuture() throws IOException {
    mirror.suite("bookworm").dated(now.plus(Duration.ofDays(1)));
    mirror.publish();
    assertThat(failure())
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("is from the future");
  }

  @Test
  void refusesTamperedIndex() throws IOException {
    for (String path : mirror.server().paths()) {
      if (path.contains("Packages") || path.contains("by-hash")) {
        byte[] index = mirror.server().get(path);
        index[index.length / 2] ^= 1;
        mirror.server().put(path, index);
      }
    }
    assertThat(failure())
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("/main/binary-amd64/by-hash/SHA256/")
        .hasMessageContaining("SHA-256: found ")
        .hasMessageContaining("was altered or belongs to another state of the archive");
  }

  @Test
  void refusesIndexThatIsNotWhatItUnpacksTo() throws IOException {
    String release =
        new String(
            mirror.server().get(mirror.path("bookworm", "InRelease")), StandardCharsets.UTF_8);
    String body =
        release.substring(release.indexOf("\n\n") + 2, release.indexOf("-----BEGIN PGP SIGNATURE"));
    String altered =
        body.replaceAll(
            "(?m)^ [0-9a-f]{64} (\\d+) (main/binary-amd64/Packages)$",
            " " + "0".repeat(64) + " $1 $2");
    assertThat(altered).isNotEqualTo(body);
    mirror
        .server()
        .put(mirror.path("bookworm", "InRelease"), TestMirror.signer().clearSign(altered, now));
    assertThat(failure())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("main/binary-amd64/Packages.xz: decompressed: SHA-256: found ");
  }

  /** The archive is signed, so only its own mistake can make it such a one. */
  @Test
  void givesUpAnIndexThatUnpacksToFarMoreThanItsRelease() throws IOException {
    byte[] part = Codec.XZ.encode("\n".repeat(8 << 20).getBytes(StandardCharsets.US_ASCII));
    var repeated = new ByteArrayOutputStream();
    for (int i = 0; i < 128; i++) {
      repeated.writeBytes(part);
    }
    byte[] bomb = repeated.toByteArray(); // a gibibyte of empty lines
    String release =
        new String(
            mirror.server().get(mirror.path("bookworm", "InRelease")), StandardCharsets.UTF_8);
    String body =
        release.substring(release.indexOf("\n\n") + 2, release.indexOf("-----BEGIN PGP SIGNATURE"));
    Matcher plain =
        Pattern.compile(" [0-9a-f]{64} (\\d+) main/binary-amd64/Packages\n").matcher(body);
    assertThat(plain.find()).isTrue();
    String altered =
        body.replaceAll(
            "(?m)^ [0-9a-f]{64} \\d+ (main/binary-amd64/Packages.xz)$",
            " " + Digest.of(bomb) + " " + bomb.length + " $1");
    mirror
        .server()
        .put(mirror.path("bookworm", "InRelease"), TestMirror.signer().clearSign(altered, now));
    mirror.server().put(mirror.path("bookworm", "main/binary-amd64/Packages.xz"), bomb);
    Throwable failure = failure();
    assertThat(failure)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            "main/binary-amd64/Packages.xz: unpacks to more than " + plain.group(1) + " bytes (");
    Matcher read = Pattern.compile("\\((\\d+) packed bytes read\\)").matcher(failure.getMessage());
    assertThat(read.find()).isTrue();
    assertThat(Integer.parseInt(read.group(1))).isLessThan(bomb.length / 8);
  }

  @Test
  void refusesTamperedPackage() throws IOException {
    List<PackageIndex> indexes = indexes();
    byte[] altered = LIBHELLO.bytes();
    altered[altered.length - 10] ^= 1;
    mirror.server().put(mirror.path(LIBHELLO), altered);
    BinaryPackage libhello = find(indexes, "libhello");
    assertThatThrownBy(() -> archive().fetch(libhello))
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("libhello 2.0: http://127.0.0.1:")
        .hasMessageContaining("SHA-256: found " + Digest.of(altered) + ", expected ");
    assertThat(store.find(Digest.of(altered))).isEmpty();
  }

  @Test
  void survivesAMirrorThatBreaksOffAndRefusesOneThatLies() throws IOException {
    List<PackageIndex> indexes = indexes();
    BinaryPackage libhello = find(indexes, "libhello");
    String path = mirror.path(LIBHELLO);
    int size = LIBHELLO.bytes().length;
    mirror.server().once(path, TestServer.announce(size + 1));
    assertThatThrownBy(() -> archive().fetch(libhello))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("the server announces " + (size + 1) + " bytes, expected " + size);
    mirror.server().once(path, TestServer.breakOffAfter(size / 2));
    assertThat(archive().fetch(libhello).size()).isEqualTo(size);
  }

  @Test
  void interruptStopsItAndLeavesNothingHalfWritten() throws Exception {
    List<PackageIndex> indexes = indexes();
    PackageFile hello = PackageFile.of(find(indexes, "hello"));
    PackageFile libhello = PackageFile.of(find(indexes, "libhello"));
    var reached = new CountDownLatch(1);
    TestServer.Fault silence = mirror.server().silentAfter(10);
    mirror
        .server()
        .always(
            mirror.path(LIBHELLO),
            (exchange, file) -> {
              reached.countDown();
              silence.answer(exchange, file);
            });
    Archive archive = archive();
    var thrown = new AtomicReference<Throwable>();
    var builder =
        new Thread(
            () ->
                thrown.set(
                    catchThrowable(
                        () -> archive.fetch(List.of(hello, libhello), Progress.none()))));
    builder.start();
    reached.await();
    builder.interrupt();
    builder.join(20_000);
    assertThat(thrown.get())
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("interrupted while fetching");
    assertThat(store.find(libhello.digest())).isEmpty();
    try (Stream<Path> all = Files.walk(store.directory().resolve("users"))) {
      assertThat(all.filter(path -> path.getParent().getParent().endsWith("users"))).isEmpty();
    }
  }

  @Test
  void namesEveryPackageThatIsGone() throws IOException {
    List<PackageIndex> indexes = indexes();
    List<PackageFile> locked =
        List.of(PackageFile.of(find(indexes, "hello")), PackageFile.of(find(indexes, "libhello")));
    mirror.suite("bookworm").remove("hello").remove("libhello");
    mirror.publish();
    assertThatThrownBy(() -> archive().fetch(locked, Progress.none()))
        .isInstanceOf(MissingPackagesException.class)
        .hasMessage(
            "no archive has hello 1:2.0+b1~x, libhello 2.0 any more; the lock file is older than the"
                + " archive: renew it with --update, or add a source that still has them");
  }

  @Test
  void saysWhichComponentsAndArchitecturesThereAre() throws IOException {
    Path list = mirror.machine().resolve("etc/apt/sources.list");
    String text = Files.readString(list);
    Files.writeString(list, text.replace(" main", " mian"));
    assertThat(failure()).hasMessageContaining("it has no component \"mian\", only [main]");
    Files.writeString(list, text);
    assertThatThrownBy(
            () ->
                Archive.forPlatform(
                        host(), Platform.of("bookworm", "arm64"), store, ArchiveOptions.at(now))
                    .indexes(Progress.none()))
        .hasMessageContaining("it has no packages for arm64, only for [amd64]");
  }

  @Test
  void saysWhenAKeyringIsMissing() throws IOException {
    Files.delete(mirror.keyring());
    assertThat(failure())
        .hasMessageContaining(
            "sources.list:1: the keyring /usr/share/keyrings/test.gpg is missing");
  }

  @Test
  void saysWhenTheMirrorIsDown() throws IOException {
    URI base = mirror.base();
    mirror.close();
    assertThat(failure())
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(base + "/dists/bookworm/InRelease: no connection to 127.0.0.1");
  }
}
