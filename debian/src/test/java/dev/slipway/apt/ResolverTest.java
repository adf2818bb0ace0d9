// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.apt.Pin.By;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One rule a test, on archives of a few packages. {@link ResolverAgainstAptTest} asks apt itself.
 */
class ResolverTest {
  private static final IndexOrigin RELEASE =
      new IndexOrigin(0, "stable", "bookworm", "main", "Debian", "Debian", 500);
  private static final IndexOrigin BACKPORTS =
      new IndexOrigin(
          1, "stable-backports", "bookworm-backports", "main", "Debian", "Debian Backports", 100);

  @Test
  void takesWhatIsNeededAndNothingElse() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: b\nPre-Depends: c\nRecommends: d\nSuggests: e\n",
            "Package: b\n",
            "Package: c\n",
            "Package: d\n",
            "Package: e\n",
            "Package: f\n");
    assertThat(archive.choose("a")).isEqualTo("[a 1, b 1, c 1]");
    assertThat(archive.resolve(PackageRequest.of("a").withoutBase().withRecommends()).packages())
        .hasToString("[a 1, b 1, c 1, d 1]");
    assertThat(archive.resolve(PackageRequest.of("a").withoutBase()).asked()).containsExactly("a");
  }

  @Test
  void theBaseSystemIsEssentialRequiredAndApt() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: e\nEssential: yes\nDepends: lib\n",
            "Package: r\nPriority: required\n",
            "Package: apt\n",
            "Package: lib\n",
            "Package: other\nPriority: important\n");
    assertThat(archive.resolve(PackageRequest.of()).packages())
        .hasToString("[apt 1, e 1, lib 1, r 1]");
  }

  @Test
  void takesTheFirstAlternativeThatCanBeHad() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: missing | b (>= 2) | c | d\n",
            "Package: b\n",
            "Package: c\nDepends: nowhere\n",
            "Package: d\n");
    assertThat(archive.choose("a")).isEqualTo("[a 1, d 1]");
  }

  @Test
  void whatIsThereAlreadyServes() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: b | c\n",
            "Package: b\n",
            "Package: c\n",
            "Package: z\nDepends: c\n");
    assertThat(archive.choose("a", "c")).isEqualTo("[a 1, c 1]");
    assertThat(archive.choose("z", "a")).as("c came first").isEqualTo("[a 1, c 1, z 1]");
    assertThat(archive.choose("a", "z")).as("b came first").isEqualTo("[a 1, b 1, c 1, z 1]");
  }

  @Test
  void providersServeWithTheRightVersionOnly() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: v (>= 2)\n",
            "Package: b\nDepends: v\n",
            "Package: p1\nProvides: v\n",
            "Package: p2\nProvides: v (= 1.9)\n",
            "Package: p3\nProvides: v (= 2.1), v (= 1)\n",
            "Package: p4\nProvides: v (>= 3)\n");
    assertThat(archive.choose("a")).isEqualTo("[a 1, p3 1]");
    assertThat(archive.choose("p1", "b")).isEqualTo("[b 1, p1 1]");
  }

  @Test
  void amongProvidersPriorityDecidesThenTheOneMentionedLater() throws IOException {
    String wants = "Package: a\nDepends: v\n";
    assertThat(
            TestArchive.of(
                    wants,
                    "Package: x\nProvides: v\nPriority: optional\n",
                    "Package: y\nProvides: v\nPriority: important\n")
                .choose("a"))
        .isEqualTo("[a 1, y 1]");
    assertThat(
            TestArchive.of(wants, "Package: x\nProvides: v\n", "Package: y\nProvides: v\n")
                .choose("a"))
        .isEqualTo("[a 1, y 1]");
    assertThat(
            TestArchive.of(
                    "Package: 0\nSuggests: y\n",
                    wants,
                    "Package: x\nProvides: v\n",
                    "Package: y\nProvides: v\n")
                .choose("a"))
        .as("y is mentioned first of all")
        .isEqualTo("[a 1, x 1]");
    assertThat(
            TestArchive.of(
                    "Package: 0\nSuggests: y:any\n",
                    wants,
                    "Package: x\nProvides: v\n",
                    "Package: y\nProvides: v\n")
                .choose("a"))
        .as("y:any is another name")
        .isEqualTo("[a 1, y 1]");
    assertThat(
            TestArchive.of(
                    wants,
                    "Package: v\nPriority: extra\n",
                    "Package: y\nProvides: v\nPriority: required\n")
                .choose("a"))
        .as("the name itself before all")
        .isEqualTo("[a 1, v 1]");
    assertThat(
            TestArchive.of(
                    wants,
                    "Package: x\nProvides: v\nEssential: yes\n",
                    "Package: y\nProvides: v\nPriority: required\n")
                .choose("a"))
        .isEqualTo("[a 1, x 1]");
  }

  @Test
  void anyIsServedByPackagesThatAllowIt() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: p:any (>= 1)\n",
            "Package: b\nDepends: q:any\n",
            "Package: c\nDepends: p:amd64, p:native\n",
            "Package: d\nDepends: p:arm64\n",
            "Package: p\nMulti-Arch: allowed\n",
            "Package: q\nMulti-Arch: foreign\n");
    assertThat(archive.choose("a")).isEqualTo("[a 1, p 1]");
    assertThat(archive.choose("c")).isEqualTo("[c 1, p 1]");
    assertThatThrownBy(() -> archive.choose("b"))
        .hasMessage("b is wanted; b 1 depends on q:any, but there is no q:any in the archive");
    assertThatThrownBy(() -> archive.choose("d"))
        .hasMessage("d is wanted; d 1 depends on p:arm64, but there is no p:arm64 in the archive");
  }

  @Test
  void conflictsSendToTheNextAlternative() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: b | c\n",
            "Package: b\nConflicts: x\n",
            "Package: c\n",
            "Package: x\n");
    assertThat(archive.choose("a", "x")).isEqualTo("[a 1, c 1, x 1]");
    TestArchive breaks =
        TestArchive.of(
            "Package: a\nDepends: b | c\n",
            "Package: b\nBreaks: x (<< 2)\n",
            "Package: c\n",
            "Package: x\n");
    assertThat(breaks.choose("a", "x")).isEqualTo("[a 1, c 1, x 1]");
  }

  @Test
  void aPackageMayConflictWithWhatItProvides() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: mta1\nProvides: mta\nConflicts: mta\n",
            "Package: mta2\nProvides: mta\nConflicts: mta\n");
    assertThat(archive.choose("mta1")).isEqualTo("[mta1 1]");
    assertThatThrownBy(() -> archive.choose("mta1", "mta2"))
        .hasMessageContaining("mta1 and mta2 are wanted; mta")
        .hasMessageContaining(" 1 conflicts with mta, which is mta");
  }

  @Test
  void leavesNothingBehindOfAWayThatFailed() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: b | c\n",
            "Package: b\nDepends: lib, d\n",
            "Package: lib\n",
            "Package: d\nDepends: e\n",
            "Package: e\nDepends: nowhere\n",
            "Package: c\n");
    assertThat(archive.choose("a")).isEqualTo("[a 1, c 1]");
  }

  @Test
  void ofAWayThatFailedWhatIsMentionedComesBackWhenSomethingRecommendedIsMissing()
      throws IOException {
    assertThat(afterFailure("i (>= 9)", "other")).isEqualTo("[b 1, i 1, p 1]");
    assertThat(afterFailure("j", "other")).as("not mentioned").isEqualTo("[b 1, p 1]");
    assertThat(afterFailure("i (>= 9)", "k")).as("nothing missing").isEqualTo("[b 1, k 1, p 1]");
  }

  /** What b and p lead to when o, which b recommends, fails after it had taken i. */
  private static String afterFailure(String otherAlternative, String last) throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: b\nRecommends: o | k\nBreaks: n\n",
            "Package: o\nPre-Depends: i\nDepends: n\n",
            "Package: n\n",
            "Package: i\n",
            "Package: p\nDepends: b | " + otherAlternative + "\n",
            "Package: " + last + "\n");
    return archive
        .resolve(PackageRequest.of("b", "p").withoutBase().withRecommends())
        .packages()
        .toString();
  }

  @Test
  void searchesWhereTheStraightWayEnds() throws IOException {
    // b comes first and leads to x; that x does not go with y is seen only later
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: b | c, y\n",
            "Package: b\nDepends: x\n",
            "Package: c\n",
            "Package: x\nConflicts: z\n",
            "Package: y\nDepends: z\n",
            "Package: z\n");
    assertThat(archive.choose("a")).isEqualTo("[a 1, c 1, y 1, z 1]");
  }

  @Test
  void theSearchLeavesOutWhatIsRecommendedWhereItDoesNotFit() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: b | c, y\nRecommends: w, v\n",
            "Package: b\nDepends: x\n",
            "Package: c\n",
            "Package: x\nConflicts: z\n",
            "Package: y\nDepends: z\n",
            "Package: z\nBreaks: w\n",
            "Package: w\n",
            "Package: v\nRecommends: u\n",
            "Package: u\n");
    PackageRequest request = PackageRequest.of("a").withoutBase().withRecommends();
    assertThat(archive.resolve(request).packages()).hasToString("[a 1, c 1, u 1, v 1, y 1, z 1]");
  }

  @Test
  void takesTheLatestVersionOfTheSamePriority() throws IOException {
    TestArchive archive =
        TestArchive.empty()
            .and(RELEASE, "Package: a\nVersion: 1\n")
            .and(
                new IndexOrigin(1, "", "bookworm-security", "main", "", "", 500),
                "Package: a\nVersion: 2\n");
    assertThat(archive.choose("a")).isEqualTo("[a 2]");
    assertThat(archive.choose("a=1")).isEqualTo("[a 1]");
    assertThat(archive.choose("a/bookworm")).isEqualTo("[a 1]");
    assertThat(archive.choose("a:amd64")).isEqualTo("[a 2]");
  }

  @Test
  void priorityGoesBeforeVersion() throws IOException {
    TestArchive archive =
        TestArchive.empty()
            .and(RELEASE, "Package: a\nVersion: 1\n")
            .and(
                BACKPORTS,
                "Package: a\nVersion: 2\nDepends: lib (>= 2)\n",
                "Package: lib\nVersion: 2\n",
                "Package: only\nVersion: 3\n")
            .and(RELEASE, "Package: lib\nVersion: 1\n");
    assertThat(archive.choose("a")).isEqualTo("[a 1]");
    assertThat(archive.choose("only")).isEqualTo("[only 3]");
    assertThat(archive.choose("a/bookworm-backports"))
        .as("with what it needs from there")
        .isEqualTo("[a 2, lib 2]");
    assertThat(archive.choose("a/stable-backports")).isEqualTo("[a 2, lib 2]");
    assertThatThrownBy(() -> archive.choose("a=2"))
        .hasMessage(
            "a is wanted; a 2 depends on lib (>= 2), but the one to take is lib 1 (of the versions 2 (bookworm-backports/main), 1 (bookworm/main))");
  }

  @Test
  void pinsChangePriorities() throws IOException {
    TestArchive archive =
        TestArchive.empty()
            .and(RELEASE, "Package: a\nVersion: 1\n", "Package: b\nVersion: 1\n")
            .and(BACKPORTS, "Package: a\nVersion: 2\n", "Package: b\nVersion: 2\n");
    PackageRequest request = PackageRequest.of("a", "b").withoutBase();
    assertThat(
            archive
                .resolve(
                    request.withPins(List.of(new Pin("a", By.CODENAME, "bookworm-backports", 600))))
                .packages())
        .hasToString("[a 2, b 1]");
    assertThat(
            archive
                .resolve(request.withPins(List.of(new Pin("*", By.LABEL, "Debian Backports", 600))))
                .packages())
        .hasToString("[a 2, b 2]");
    assertThat(
            archive
                .resolve(request.withPins(List.of(new Pin("?", By.VERSION, "1*", -1))))
                .packages())
        .hasToString("[a 2, b 2]");
    assertThatThrownBy(
            () -> archive.resolve(request.withPins(List.of(new Pin("a", By.ORIGIN, "Debian", -1)))))
        .hasMessage(
            "a is in the archive, but every version of it is ruled out by its priority: 2 (bookworm-backports/main), 1 (bookworm/main)");
  }

  @Test
  void saysInWordsWhyNot() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: robot-app\nDepends: libfoo (>= 2), libc\n",
            "Package: libfoo\nVersion: 1.9\n",
            "Package: libc\n",
            "Package: x\nDepends: y\n",
            "Package: y\nDepends: z\n",
            "Package: z\nConflicts: w\n",
            "Package: w\n");
    assertThatThrownBy(() -> archive.choose("robot-app"))
        .isInstanceOf(UnresolvableException.class)
        .hasMessage(
            "robot-app is wanted; robot-app 1 depends on libfoo (>= 2), but the archive has libfoo 1.9");
    assertThatThrownBy(() -> archive.choose("x", "w"))
        .hasMessage("x and w are wanted; x 1 depends on y; y 1 depends on z; z 1 conflicts with w");
    assertThatThrownBy(() -> archive.choose("robot-app", "x", "w"))
        .satisfies(e -> assertThat(((UnresolvableException) e).problems()).hasSize(2))
        .hasMessageStartingWith("the packages asked for cannot be had together:\n  ");
  }

  @Test
  void namesAllThatCannotBeFoundAtOnce() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: nginx\n", "Package: p1\nProvides: v, w\n", "Package: p2\nProvides: v\n");
    assertThatThrownBy(
            () ->
                archive.choose(
                    "ngnix", "v", "nginx=3", "nginx=_", "nginx/sid", "nginx:arm64", "qqqqqqqqqqqq"))
        .satisfies(
            e ->
                assertThat(((UnresolvableException) e).problems())
                    .containsExactly(
                        "there is no package ngnix in the archive",
                        "v is only a name that several packages stand for; write the one you want: p1, p2",
                        "there is no version 3 of nginx in the archive, which has 1 (test/main)",
                        "nginx=_: \"_\" is not a Debian version: '_' is not allowed in a version",
                        "there is no nginx in a release called sid; the archive has 1 (test/main)",
                        "nginx:arm64: the image has one architecture, amd64; write nginx",
                        "there is no package qqqqqqqqqqqq in the archive"));
    assertThatThrownBy(() -> archive.choose("ngin"))
        .hasMessage("there is no package ngin in the archive; did you mean nginx?");
    assertThat(archive.choose("w")).as("only one stands for it").isEqualTo("[p1 1]");
  }

  @Test
  void loopsAndLongChainsEnd() throws IOException {
    TestArchive loop = TestArchive.of("Package: a\nDepends: b\n", "Package: b\nDepends: a\n");
    assertThat(loop.choose("a")).isEqualTo("[a 1, b 1]");
    int length = 2500;
    var stanzas = new String[length];
    for (int i = 0; i < length; i++) {
      stanzas[i] = "Package: p" + i + "\n" + (i + 1 < length ? "Depends: p" + (i + 1) + "\n" : "");
    }
    assertThat(TestArchive.of(stanzas).resolve(PackageRequest.of("p0").withoutBase()).packages())
        .hasSize(length);
  }

  @Test
  void theOrderInWhichThingsAreAskedForIsTheOnlyOrderThatCounts() throws IOException {
    TestArchive archive =
        TestArchive.of(
            "Package: a\nDepends: b | c\n",
            "Package: b\n",
            "Package: c\n",
            "Package: d\nDepends: c | b\n");
    assertThat(archive.choose("a", "d")).isEqualTo("[a 1, b 1, d 1]");
    assertThat(archive.choose("d", "a")).isEqualTo("[a 1, c 1, d 1]");
    assertThat(PackageRequest.of("a", "d").digest())
        .isNotEqualTo(PackageRequest.of("d", "a").digest());
    assertThat(PackageRequest.of("a").digest()).isEqualTo(PackageRequest.of("a").digest());
  }
}
