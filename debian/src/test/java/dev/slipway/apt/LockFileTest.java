// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deb.DebVersion;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
  private static final Digest ZERO = Digest.parse("0".repeat(64));
  private static final Digest ONE = Digest.parse("1".repeat(64));

  private static final String TEXT =
      """
      slipway-lock 1
      # The packages of an image. Keep this file beside the specification; renew it with --update.
      platform debian bookworm amd64
      request 0000000000000000000000000000000000000000000000000000000000000000
      time 1700000000

      [sources]
      0 stable bookworm main Debian
      1 - - - An Origin of Words

      [image]
      adduser 3.134 all needed 0 121496 1111111111111111111111111111111111111111111111111111111111111111 pool/main/a/adduser/adduser_3.134_all.deb
      robot 1:2.0-1 amd64 asked 1 10 0000000000000000000000000000000000000000000000000000000000000000 robot.deb

      [build]
      busybox-static 1.35 amd64 asked 0 5 1111111111111111111111111111111111111111111111111111111111111111 pool/b.deb

      [users]
      messagebus:x:100:102::/nonexistent:/usr/sbin/nologin
      sshd:x:101:65534::/run/sshd:/usr/sbin/nologin

      [groups]
      messagebus:x:102:
      """;

  private static LockFile example() {
    return new LockFile(
            Platform.of("bookworm", "amd64"),
            ZERO,
            List.of(
                new LockedSource("stable", "bookworm", "main", "Debian"),
                new LockedSource("", "", "", "An Origin of Words")),
            List.of(
                new LockedPackage(
                    "robot", DebVersion.parse("1:2.0-1"), "amd64", 10, ZERO, 1, true, "robot.deb"),
                new LockedPackage(
                    "adduser",
                    DebVersion.parse("3.134"),
                    "all",
                    121_496,
                    ONE,
                    0,
                    false,
                    "pool/main/a/adduser/adduser_3.134_all.deb")),
            List.of(
                new LockedPackage(
                    "busybox-static",
                    DebVersion.parse("1.35"),
                    "amd64",
                    5,
                    ONE,
                    0,
                    true,
                    "pool/b.deb")),
            List.of(
                "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin",
                "messagebus:x:100:102::/nonexistent:/usr/sbin/nologin"),
            List.of("messagebus:x:102:"))
        .withTime(1_700_000_000);
  }

  @Test
  void isTheTextThatTheDocumentationShows() {
    assertThat(example()).hasToString(TEXT);
  }

  @Test
  void readsWhatItWrote() throws IOException {
    assertThat(LockFile.parse(TEXT, "robot.lock")).isEqualTo(example());
  }

  @Test
  void doesNotDependOnTheOrderInWhichThingsCame() {
    LockFile lock = example();
    var image = new java.util.ArrayList<>(lock.image());
    java.util.Collections.reverse(image);
    var users = new java.util.ArrayList<>(lock.users());
    java.util.Collections.reverse(users);
    var other =
        new LockFile(
                lock.platform(),
                lock.request(),
                lock.sources(),
                image,
                lock.build(),
                users,
                lock.groups())
            .withTime(lock.timeSeconds());
    assertThat(other.digest()).isEqualTo(lock.digest());
  }

  @Test
  void noticesAnotherRequestOrPlatform() {
    LockFile lock = example();
    assertThat(lock.answers(Platform.of("bookworm", "amd64"), ZERO)).isTrue();
    assertThat(lock.answers(Platform.of("bookworm", "amd64"), ONE)).isFalse();
    assertThat(lock.answers(Platform.of("trixie", "amd64"), ZERO)).isFalse();
    assertThat(lock.answers(Platform.of("bookworm", "arm64"), ZERO)).isFalse();
  }

  @Test
  void keepsAResolution(@TempDir Path directory) throws IOException {
    TestArchive archive =
        TestArchive.of("Package: a\nVersion: 1\nDepends: b\n", "Package: b\nVersion: 2\n");
    Resolution image = archive.resolve(PackageRequest.of("a").withoutBase());
    Resolution build = archive.resolve(PackageRequest.of("b").withoutBase());
    LockFile lock =
        LockFile.of(
            Platform.of("bookworm", "amd64"), PackageRequest.of("a").digest(), image, build);
    assertThat(lock.image())
        .extracting(LockedPackage::toString, LockedPackage::asked)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a 1", true),
            org.assertj.core.groups.Tuple.tuple("b 2", false));
    assertThat(lock.sources()).hasSize(1);
    assertThat(lock.sourceOf(lock.image().get(0)).codename()).isEqualTo("test");

    Path file = directory.resolve("robot.lock");
    assertThat(LockFile.read(file)).isEmpty();
    LockFile full = lock.withAccounts(List.of("a:x:1:1::/:/bin/sh"), List.of("a:x:1:"));
    Files.writeString(file, full.toString());
    assertThat(LockFile.read(file)).contains(full);
  }

  @Test
  void namesTheLineOfAMistake() {
    mistake(
        "slipway-lock 1",
        "slipway-lock 2",
        "robot.lock: line 1: found \"slipway-lock 2\", expected \"slipway-lock 1\"; a newer program"
            + " wrote it");
    mistake(
        "platform debian bookworm amd64",
        "platform debian bookworm vax",
        "robot.lock: line 3: \"vax\" is not an architecture we know; write one of amd64, arm64");
    mistake("[image]", "[images]", "robot.lock: line 11: found \"[images]\", expected [image]");
    mistake(
        "adduser 3.134",
        "adduser 3_134",
        "robot.lock: line 12: adduser: \"3_134\" is not a Debian version: '_' is not allowed in a"
            + " version");
    mistake(
        "needed 0 121496",
        "needed 2 121496",
        "robot.lock: line 12: adduser: source 2 is not in [sources]");
    mistake(
        "needed 0 121496",
        "needed 0 -1",
        "robot.lock: line 12: adduser: size: found \"-1\", expected a number");
    mistake(
        "all needed",
        "all wanted",
        "robot.lock: line 12: adduser: found \"wanted\", expected asked or needed");
    mistake(
        "robot 1:2.0-1",
        "adduser 1:2.0-1",
        "robot.lock: line 13: the package adduser is there twice");
    mistake(
        " robot.deb",
        " ../robot.deb",
        "robot.lock: line 13: robot: robot 1:2.0-1: \"../robot.deb\" leads out of the archive");
    mistake(
        " robot.deb",
        "",
        "robot.lock: line 13: a package's line has its name, version, architecture, asked or"
            + " needed, source, size, digest and path");
    mistake(
        "messagebus:x:100:",
        "messagebus:x:many:",
        "robot.lock: line 19: found \"messagebus:x:many:102::/nonexistent:/usr/sbin/nologin\": the"
            + " third field is not a number");
    mistake(
        "sshd:x:101",
        "messagebus:x:101",
        "robot.lock: line 20: the user messagebus is there twice");
    mistake(
        "1 - - - An",
        "2 - - - An",
        "robot.lock: line 9: found \"2 - - - An Origin of Words\", expected \"1 SUITE CODENAME"
            + " COMPONENT ORIGIN\"");
    mistake("time 1700000000\n", "", "robot.lock: the line \"time\" is missing");
    mistake(
        "time 1700000000",
        "time soon",
        "robot.lock: line 5: time: found \"soon\", expected a number");
    mistake(
        "request 0000000000000000000000000000000000000000000000000000000000000000\n",
        "",
        "robot.lock: the line \"request\" is missing");
  }

  private static void mistake(String right, String wrong, String message) {
    assertThat(TEXT).contains(right);
    String text = TEXT.replace(right, wrong);
    assertThatThrownBy(() -> LockFile.parse(text, "robot.lock"))
        .isInstanceOf(FormatException.class)
        .hasMessage(message);
  }

  @Test
  void cutAnywhereItIsRefused() {
    for (int length = 0; length < TEXT.length(); length++) {
      String cut = TEXT.substring(0, length);
      if (cut.endsWith("[groups]\n")) {
        continue; // whole lines of the last section may be missing: nothing tells
      }
      assertThatThrownBy(() -> LockFile.parse(cut, "robot.lock"))
          .as("cut to %d", length)
          .isInstanceOf(FormatException.class);
    }
  }

  @Provide
  Arbitrary<LockFile> lockFiles() {
    Arbitrary<String> word =
        Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(4);
    Arbitrary<LockedPackage> locked =
        Combinators.combine(
                word,
                Arbitraries.of("1", "2:3-4~x"),
                Arbitraries.of("all", "amd64"),
                Arbitraries.longs().between(0, 1L << 40),
                Arbitraries.of(ZERO, ONE),
                Arbitraries.of(true, false),
                word)
            .as(
                (name, version, architecture, size, digest, asked, path) ->
                    new LockedPackage(
                        name,
                        DebVersion.parse(version),
                        architecture,
                        size,
                        digest,
                        0,
                        asked,
                        path));
    Arbitrary<List<LockedPackage>> packages =
        locked.list().uniqueElements(LockedPackage::name).ofMaxSize(5);
    Arbitrary<List<String>> accounts =
        word.list()
            .uniqueElements()
            .ofMaxSize(3)
            .map(names -> names.stream().map(name -> name + ":x:" + name.length() + ":").toList());
    return Combinators.combine(packages, packages, accounts, word)
        .as(
            (image, build, groups, origin) ->
                new LockFile(
                    Platform.of("ubuntu", "noble", "arm64"),
                    ONE,
                    List.of(new LockedSource("", origin, origin, "")),
                    image,
                    build,
                    List.of(),
                    groups));
  }

  @Property
  void whatIsWrittenIsReadTheSame(@ForAll("lockFiles") LockFile lock) throws FormatException {
    assertThat(LockFile.parse(lock.toString(), "x")).isEqualTo(lock);
  }
}
