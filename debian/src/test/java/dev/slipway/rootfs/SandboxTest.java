// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresTool(value = "busybox", in = "busybox-static")
@RequiresTool(value = "unshare", in = "util-linux")
class SandboxTest {
  private static final long EPOCH = 1_700_000_000L;
  private static final Progress QUIET = Progress.none();

  private static Sandbox door(String name) throws IOException, InterruptedException {
    return new ChildSandbox(name.equals("chroot") ? TestDoors.chroot() : TestDoors.namespaces());
  }

  private static Tree run(Sandbox sandbox, Tree tree, SandboxSettings settings, String... scripts)
      throws IOException {
    List<SandboxCommand> commands =
        Stream.of(scripts).map(script -> SandboxCommand.of("test", script)).toList();
    return sandbox.run(tree, commands, settings, ContentKeeper.inMemory(), QUIET);
  }

  private static String text(Tree tree, String path) throws IOException {
    return new String(tree.read(path), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void whatCommandsDoNotTouchComesBackAsItWas(String door) throws Exception {
    Tree tree =
        TestRoot.busybox()
            .with(
                t -> {
                  t.file("etc/ümläut name\nwith line", 0640, Content.utf8("x"));
                  t.put(
                      TreePath.of("etc/owned"),
                      new RegularFile(
                          Metadata.mode(06755)
                              .withOwner(65534, 33)
                              .withMtime(1_234_567_890, 123_456_789),
                          Content.utf8("owned")));
                  t.hardLink("etc/second", "etc/owned");
                  t.put(
                      TreePath.of("dev/sda"),
                      new Special(
                          Metadata.mode(0660).withOwner(0, 6), Special.Kind.BLOCK_DEVICE, 8, 0));
                  t.put(
                      TreePath.of("var/fifo"),
                      new Special(Metadata.mode(0600), Special.Kind.FIFO, 0, 0));
                  t.put(
                      TreePath.of("var/socket"),
                      new Special(Metadata.mode(0600), Special.Kind.SOCKET, 0, 0));
                  t.symlink("var/away", "/nowhere/at/all");
                  t.directory("run", 0755)
                      .file("run/inside", 0644, Content.utf8("hidden meanwhile"));
                  t.directory("tmp", 01777).directory("proc", 0555).directory("sys", 0555);
                });
    Tree after =
        run(
            door(door),
            tree,
            SandboxSettings.at(EPOCH),
            "true",
            "touch /tmp/x /run/y; test ! -e /run/inside");
    assertThat(TreeDifference.between(tree, after).differences()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void commandsSeeNothingOfTheHost(String door, @TempDir Path host) throws Exception {
    Path secret = Files.writeString(host.resolve("secret"), "x");
    Tree after =
        run(
            door(door),
            TestRoot.busybox(),
            SandboxSettings.at(EPOCH),
            "for id in $(ls /proc | grep -x '[0-9]*'); do test ! -e /proc/$id/root"
                + secret
                + "; done; readlink /proc/1/root >/etc/root; echo $$ >/etc/pid; sleep 1000 &",
            "ls /proc | grep -cx '[0-9]*' >/etc/count");
    assertThat(text(after, "etc/root") + text(after, "etc/pid")).isEqualTo("/\n1\n");
    assertThat(Integer.parseInt(text(after, "etc/count").strip())).isLessThan(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void aLaterStageJoinsWhatTheCommandsBeforeLeft(String door) throws Exception {
    Metadata old = Metadata.mode(0755).withMtime(1_234_567_890, 5);
    Tree first =
        TestRoot.busybox()
            .with(
                t -> {
                  t.put(TreePath.of("srv"), new Directory(old))
                      .put(TreePath.of("opt"), new Directory(old));
                  t.file("srv/kept", 0644, Content.utf8("kept"));
                  t.file("srv/changed", 0644, Content.utf8("as it came"));
                  t.file("srv/replaced", 0644, Content.utf8("first"));
                  t.file("srv/removed", 0644, Content.utf8("x"));
                  t.file("a/new", 0644, Content.utf8("old")).hardLink("a/link", "a/new");
                });
    Tree second =
        first.with(
            t -> {
              t.file("opt/new", 0600, Content.utf8("new"));
              t.put(TreePath.of("opt/dir"), new Directory(old));
              t.remove(TreePath.of("srv/replaced"));
              t.file("srv/replaced", 0640, Content.utf8("second"));
              t.remove(TreePath.of("a/link")).remove(TreePath.of("a/new"));
              t.file("a/new", 0644, Content.utf8("linked")).hardLink("a/link", "a/new");
              t.directory("tmp", 01777).file("tmp/inside", 0644, Content.utf8("hidden meanwhile"));
            });
    var covered = SandboxSettings.at(EPOCH).withStub("bin/stub", "#!/bin/sh\nexit 7\n");
    List<SandboxStage> stages =
        List.of(
            SandboxStage.of(
                first,
                List.of(
                    new SandboxCommand(
                        "one",
                        "echo one >/srv/changed; echo one >/srv/replaced; rm /srv/removed; chmod 700 /srv; echo >/tmp/x",
                        true))),
            SandboxStage.of(
                second,
                List.of(
                    new SandboxCommand(
                        "two",
                        "cat /srv/changed /srv/replaced /opt/new /a/link >/etc/seen; test ! -e /tmp/inside",
                        true),
                    SandboxCommand.of("three", "echo three >>/srv/changed"))));
    Tree after = door(door).run(stages, covered, ContentKeeper.inMemory(), QUIET);
    assertThat(text(after, "etc/seen")).isEqualTo("one\nsecondnewlinked");
    assertThat(text(after, "srv/changed")).isEqualTo("one\nthree\n");
    assertThat(text(after, "srv/replaced")).isEqualTo("second");
    assertThat(text(after, "srv/kept")).isEqualTo("kept");
    assertThat(text(after, "tmp/inside")).isEqualTo("hidden meanwhile");
    assertThat(after.contains("srv/removed")).isFalse();
    assertThat(after.inode("srv").orElseThrow().metadata().mode()).isEqualTo(0700);
    assertThat(after.inode("opt").orElseThrow()).isEqualTo(new Directory(old));
    assertThat(after.inode("opt/dir").orElseThrow()).isEqualTo(new Directory(old));
  }

  @Test
  void namesAreLookedUpInEveryCommandThatHasTheNetwork() throws Exception {
    String host = Files.readString(Path.of("/etc/resolv.conf"));
    Tree tree = TestRoot.busybox().with(t -> t.file("etc/resolv.conf", 0644, Content.utf8("own")));
    String look = "cat /etc/resolv.conf >>/etc/seen";
    List<SandboxCommand> commands =
        List.of(
            new SandboxCommand("one", look, true),
            new SandboxCommand("two", look, false),
            new SandboxCommand("three", look, true));
    Tree after =
        door("chroot")
            .run(
                tree,
                commands,
                SandboxSettings.at(EPOCH).withNetwork(true),
                ContentKeeper.inMemory(),
                QUIET);
    assertThat(text(after, "etc/seen")).isEqualTo(host.repeat(3));
    assertThat(text(after, "etc/resolv.conf")).isEqualTo("own");
  }

  @Test
  void aStageThatCannotBeMadeEndsTheRun() throws Exception {
    SandboxStage broken =
        new SandboxStage() {
          @Override
          public long contentBytes() {
            return 0;
          }

          @Override
          public Ready make() throws IOException {
            throw new FormatException("some.deb: damaged");
          }
        };
    List<SandboxStage> stages =
        List.of(
            SandboxStage.of(TestRoot.busybox(), List.of(SandboxCommand.of("one", "true"))), broken);
    assertThatThrownBy(
            () ->
                door("chroot")
                    .run(stages, SandboxSettings.at(EPOCH), ContentKeeper.inMemory(), QUIET))
        .isExactlyInstanceOf(FormatException.class)
        .hasMessage("some.deb: damaged");
  }

  @Test
  void aCommandThatFailsEndsWhatIsBeingMadeForTheNextStage() throws Exception {
    var abandoned = new AtomicBoolean();
    SandboxStage endless =
        new SandboxStage() {
          @Override
          public long contentBytes() {
            return 0;
          }

          @Override
          public Ready make() throws IOException {
            try {
              Thread.sleep(600_000);
            } catch (InterruptedException e) {
              abandoned.set(true);
            }
            throw new InterruptedIOException("interrupted");
          }
        };
    List<SandboxStage> stages =
        List.of(
            SandboxStage.of(
                TestRoot.busybox(), List.of(SandboxCommand.of("one", "echo why >&2; exit 9"))),
            endless);
    assertThatThrownBy(
            () ->
                door("chroot")
                    .run(stages, SandboxSettings.at(EPOCH), ContentKeeper.inMemory(), QUIET))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("one: failed with status 9")
        .hasMessageContaining("why");
    assertThat(abandoned).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void changesOfEveryKindComeBack(String door) throws Exception {
    Tree tree =
        TestRoot.busybox()
            .with(
                t -> {
                  t.file("a/one", 0644, Content.utf8("one"))
                      .hardLink("a/two", "a/one")
                      .hardLink("a/three", "a/one");
                  t.file("gone/deep/file", 0644, Content.utf8("x"));
                  t.symlink("turn", "a").directory("dir", 0755);
                });
    Tree after =
        run(
            door(door),
            tree,
            SandboxSettings.at(EPOCH),
            """
            rm /a/one
            rm -r /gone
            rm /turn; mkdir /turn; echo inside >/turn/file
            rmdir /dir; ln -s /etc /dir
            chown 12:34 /etc/issue; chmod 4711 /etc/issue
            printf new >/etc/new; ln /etc/new /etc/newer
            mkfifo /etc/fifo
            touch -d '2001-01-01 00:00:00' /etc/old
            mkdir -p /usr/local/bin
            """);
    assertThat(after.node(TreePath.of("a/one"))).isEmpty();
    assertThat(after.node(TreePath.of("a/two"))).contains(new HardLink(TreePath.of("a/three")));
    assertThat(text(after, "a/two")).isEqualTo("one");
    assertThat(after.contains("gone")).isFalse();
    assertThat(text(after, "turn/file")).isEqualTo("inside\n");
    assertThat(after.inode("dir").orElseThrow())
        .isInstanceOfSatisfying(Symlink.class, link -> assertThat(link.target()).isEqualTo("/etc"));
    Metadata issue = after.inode("etc/issue").orElseThrow().metadata();
    assertThat(issue.mode()).isEqualTo(04711);
    assertThat(issue.uid()).isEqualTo(12);
    assertThat(issue.gid()).isEqualTo(34);
    assertThat(after.node(TreePath.of("etc/newer"))).contains(new HardLink(TreePath.of("etc/new")));
    assertThat(after.inode("etc/fifo").orElseThrow()).isInstanceOf(Special.class);
    assertThat(after.inode("etc/new").orElseThrow().metadata().mtimeSeconds()).isEqualTo(EPOCH);
    assertThat(after.inode("usr/local").orElseThrow().metadata().mtimeSeconds()).isEqualTo(EPOCH);
    assertThat(after.inode("etc/old").orElseThrow().metadata().mtimeSeconds())
        .isEqualTo(978_307_200L);
    assertThat(after.contains("proc")).isFalse();
    assertThat(after.contains("dev")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void commandsSeeNothingOfTheHost(String door) throws Exception {
    Tree after =
        run(
            door(door),
            TestRoot.busybox(),
            SandboxSettings.at(EPOCH),
            """
            env >/etc/env
            { id -u; id -g; hostname; umask; pwd; } >/etc/me
            ls /dev >/etc/dev
            ls /proc/sys/net >/dev/null
            cat /proc/net/dev >/etc/net
            ls / >/etc/root
            ps >/etc/ps
            if printf x 2>/dev/null >/dev/full; then exit 7; fi
            head -c 8 /dev/urandom >/dev/null
            if { echo x >/proc/sys/kernel/hostname; } 2>/dev/null; then exit 8; fi
            mknod /etc/null c 1 3 2>/dev/null || true
            if { echo x >/etc/null; } 2>/dev/null && test -c /etc/null; then exit 9; fi
            rm -f /etc/null
            """);
    assertThat(text(after, "etc/me")).isEqualTo("0\n0\nlocalhost\n0022\n/\n");
    assertThat(text(after, "etc/env").lines())
        .contains(
            "LC_ALL=C.UTF-8",
            "TZ=UTC",
            "SOURCE_DATE_EPOCH=" + EPOCH,
            "DEBIAN_FRONTEND=noninteractive",
            "HOME=/root")
        .noneMatch(line -> line.startsWith("USER=") || line.startsWith("JAVA"));
    assertThat(text(after, "etc/dev").lines())
        .containsExactlyInAnyOrder(
            "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
            "tty", "urandom", "zero");
    assertThat(text(after, "etc/net").lines().filter(line -> line.contains(":")))
        .singleElement()
        .asString()
        .contains("lo:");
    assertThat(text(after, "etc/root").lines())
        .containsExactlyInAnyOrder("bin", "dev", "etc", "proc", "run", "sys", "tmp", "usr");
    assertThat(text(after, "etc/ps").lines().count()).isLessThan(12);
  }

  @Test
  void aFailingCommandIsNamedWithItsLastWords() throws Exception {
    Sandbox sandbox = door("chroot");
    assertThatThrownBy(
            () ->
                sandbox.run(
                    TestRoot.busybox(),
                    List.of(
                        SandboxCommand.of("first step", "true"),
                        SandboxCommand.of(
                            "second step", "seq 1 100; echo to standard error >&2; exit 42")),
                    SandboxSettings.at(EPOCH),
                    ContentKeeper.inMemory(),
                    QUIET))
        .isInstanceOf(SandboxException.class)
        .hasMessageStartingWith("second step: failed with status 42; the last it printed:\n")
        .hasMessageContaining("  100\n  to standard error")
        .satisfies(e -> assertThat(((SandboxException) e).output()).hasSize(40));
  }

  @Test
  void aCommandThatEndsAtItsFirstErrorIsNotGoneOnWith() throws Exception {
    Sandbox sandbox = door("chroot");
    assertThatThrownBy(
            () ->
                run(
                    sandbox,
                    TestRoot.busybox(),
                    SandboxSettings.at(EPOCH),
                    "rm /not/there; touch /reached"))
        .hasMessageContaining("/not/there");
  }

  @Test
  void aFailureOfAPackageNamesIt() throws Exception {
    Sandbox sandbox = door("chroot");
    assertThatThrownBy(
            () ->
                run(
                    sandbox,
                    TestRoot.busybox(),
                    SandboxSettings.at(EPOCH),
                    "echo 'no such user: robot'; echo 'dpkg: error processing package motor (--configure):'; exit 1"))
        .hasMessageStartingWith("package motor: test: failed with status 1")
        .hasMessageContaining("no such user: robot");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void stubsStandInAndAreGoneAfterwards(String door) throws Exception {
    Tree tree =
        TestRoot.busybox()
            .with(
                t ->
                    t.file(
                        "usr/sbin/slow", 0755, Content.utf8("#!/bin/sh\necho slow >/etc/said\n")));
    SandboxSettings settings =
        SandboxSettings.at(EPOCH)
            .withStub("usr/sbin/slow", "#!/bin/sh\necho stub >/etc/said\n")
            .withStub("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")
            .withStub("usr/sbin/absent", "#!/bin/sh\n");
    Tree after =
        door(door)
            .run(
                tree,
                List.of(
                    new SandboxCommand(
                        "one",
                        "/usr/sbin/slow; cat /etc/said >/etc/first; /usr/sbin/policy-rc.d || echo $? >/etc/policy; test ! -e /usr/sbin/absent",
                        true),
                    new SandboxCommand(
                        "two",
                        "/usr/sbin/slow; cat /etc/said >/etc/second; test ! -e /usr/sbin/policy-rc.d",
                        false)),
                settings,
                ContentKeeper.inMemory(),
                QUIET);
    assertThat(text(after, "etc/first")).isEqualTo("stub\n");
    assertThat(text(after, "etc/policy")).isEqualTo("101\n");
    assertThat(text(after, "etc/second")).isEqualTo("slow\n");
    assertThat(after.node(TreePath.of("usr/sbin/slow")))
        .isEqualTo(tree.node(TreePath.of("usr/sbin/slow")));
    assertThat(after.contains("usr/sbin/policy-rc.d")).isFalse();
  }

  @Test
  void aLinkInTheTreeLeadsNoStubOntoTheHost(@TempDir Path victim) throws Exception {
    Tree tree =
        TestRoot.busybox()
            .with(t -> t.remove(TreePath.of("usr/sbin")).symlink("usr/sbin", victim.toString()));
    door("chroot")
        .run(
            tree,
            List.of(new SandboxCommand("test", "true", true)),
            SandboxSettings.at(EPOCH).withStub("usr/sbin/policy-rc.d", "x"),
            ContentKeeper.inMemory(),
            QUIET);
    assertThat(victim).isEmptyDirectory();
  }

  @Test
  void aLinkInPlaceOfAMountPointIsRefused() throws Exception {
    Sandbox sandbox = door("chroot");
    Tree tree = TestRoot.busybox().with(t -> t.symlink("tmp", "/etc"));
    assertThatThrownBy(() -> run(sandbox, tree, SandboxSettings.at(EPOCH), "true"))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("/tmp is a symbolic link in the tree");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroot", "namespaces"})
  void whatCommandsStartEndsWithThem(String door) throws Exception {
    String mark = TestProcesses.mark();
    Tree after =
        run(
            door(door),
            TestRoot.busybox(),
            SandboxSettings.at(EPOCH),
            "sleep " + mark + " & echo started >/etc/said");
    assertThat(text(after, "etc/said")).isEqualTo("started\n");
    assertThat(TestProcesses.count("sleep", mark)).isZero();
  }

  @Test
  void twoAtOnceDoNotMeet() throws Exception {
    Sandbox sandbox = door("chroot");
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<Tree>> both =
          Stream.of("a", "b")
              .map(
                  name ->
                      pool.submit(
                          () ->
                              run(
                                  sandbox,
                                  TestRoot.busybox(),
                                  SandboxSettings.at(EPOCH),
                                  "echo "
                                      + name
                                      + " >/etc/name; sleep 1; test ! -e /tmp/x; touch /tmp/x")))
              .toList();
      assertThat(text(both.get(0).get(), "etc/name")).isEqualTo("a\n");
      assertThat(text(both.get(1).get(), "etc/name")).isEqualTo("b\n");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aTreeThatMemoryCannotHoldGoesToADirectory(@TempDir Path scratch) throws Exception {
    var sandbox = new ChildSandbox(TestDoors.chroot(), bytes -> false);
    SandboxSettings settings = SandboxSettings.at(EPOCH).withScratch(scratch);
    Tree after =
        run(sandbox, TestRoot.busybox(), settings, "echo there >/etc/said; chown 77:88 /etc/said");
    assertThat(after)
        .isEqualTo(
            run(
                door("chroot"),
                TestRoot.busybox(),
                settings,
                "echo there >/etc/said; chown 77:88 /etc/said"));
    assertThat(names(scratch)).containsExactly(".guard");
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anotherDirectoryOfTheSameBuilderStaysLocked(@TempDir Path work) throws Exception {
    Path scratch = work.resolve("scratch");
    SandboxDoor door = TestDoors.chroot();
    try (var one = SandboxDirectory.create(scratch, door)) {
      SandboxDirectory.create(scratch, door).close();
      assertThat(one.path()).isDirectory();
      assertThat(Files.getPosixFilePermissions(scratch))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      String inode = Files.getAttribute(Path.of(one.path() + ".lock"), "unix:ino").toString();
      assertThat(Files.readAllLines(Path.of("/proc/locks")))
          .as("the kernel's locks")
          .anyMatch(line -> line.contains(":" + inode + " "));
    }
    assertThat(names(scratch)).containsExactly(".guard");
  }

  @Test
  void whatAKilledBuilderLeftInADirectoryIsSweptOut(@TempDir Path scratch) throws Exception {
    Files.createFile(scratch.resolve("sandbox-1.lock"));
    Files.createDirectories(scratch.resolve("sandbox-1/root/etc"));
    Files.createDirectories(scratch.resolve("somebody-elses"));
    run(
        new ChildSandbox(TestDoors.chroot(), bytes -> false),
        TestRoot.busybox(),
        SandboxSettings.at(EPOCH).withScratch(scratch),
        "true");
    assertThat(names(scratch)).containsExactly(".guard", "somebody-elses");
  }

  @Test
  void theDoorForUsersSaysWhatIsMissing() {
    Assumptions.assumeTrue(HostUser.current().isRoot(), "needs root to enter as another user");
    var sandbox = new ChildSandbox(TestDoors.as(new HostUser("nobody", 65534)));
    assertThatThrownBy(() -> run(sandbox, TestRoot.busybox(), SandboxSettings.at(EPOCH), "true"))
        .isInstanceOf(SandboxException.class)
        .hasMessageStartingWith("sandbox door \"namespaces\" cannot be used here: ")
        .hasMessageContaining(
            "/etc/subuid gives user nobody no subordinate ids: as root, usermod --add-subuids 100000-165535 nobody");
  }

  @Test
  void theDoorForRootSaysThatItNeedsRoot() {
    var door = new SandboxDoor(List.of(), new HostUser("robot", 1000), false);
    assertThatThrownBy(door::check)
        .hasMessage(
            "sandbox door \"chroot\" needs root, this is user robot: use the door \"namespaces\", or run as root");
  }

  @Test
  void noCommandsLeaveTheTreeAlone() throws Exception {
    Tree tree = TestRoot.busybox();
    assertThat(
            new ChildSandbox(SandboxDoor.namespaces())
                .run(tree, List.of(), SandboxSettings.at(EPOCH), ContentKeeper.inMemory(), QUIET))
        .isSameAs(tree);
  }
}
