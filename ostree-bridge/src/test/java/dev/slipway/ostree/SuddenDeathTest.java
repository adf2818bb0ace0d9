// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Processes killed at random moments leave repositories that are whole, to ostree's eyes too. */
@RequiresTool(value = "ostree", in = "ostree")
@Tag("slow")
class SuddenDeathTest {
  private static final long FIRST_SEED = 20261128;
  private static final int RELEASES = 3;
  private static final int KILLS = 10;

  /** Each begins afresh, for what a kill is judged by takes longer the more there is. */
  private static IntStream rounds() {
    return IntStream.range(0, Boolean.getBoolean("slipway.long") ? 10 : 1);
  }

  @TempDir Path work;

  private final Random random = new Random();
  private long seed;
  private OstreeRepository repository;

  @BeforeEach
  void init() throws IOException {
    repository = Repositories.init(work.resolve("repo"), RepositoryMode.ARCHIVE);
  }

  private void begin(int round) {
    seed = FIRST_SEED + round;
    random.setSeed(seed);
  }

  private Process start(String... words) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                RepositoryProcess.class.getName()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(work.resolve("log").toFile())
        .redirectInput(new File("/dev/null"))
        .start();
  }

  private long millisToTheEnd(String... words) throws Exception {
    long started = System.nanoTime();
    finish(words);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }

  private void finish(String... words) throws Exception {
    Process process = start(words);
    assertThat(process.waitFor()).as(() -> log()).isZero();
  }

  private String log() {
    try {
      return Files.readString(work.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Kills somewhere in the second half, behind the start of the JVM. */
  private void kill(long wholeMillis, String... words) throws Exception {
    Process process = start(words);
    long millis = wholeMillis / 3 + random.nextLong(Math.max(1, wholeMillis * 2 / 3));
    if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  private void assertWhole(OstreeRepository judged, String when) throws Exception {
    assertThat(judged.fsck(2, Progress.none()).problems()).as(when).isEmpty();
    assertThat(Repositories.ostree(judged, "fsck")).as(when).contains("no errors found");
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void commitsThatDieLeaveTheBranchAsItWasOrWhole(int round) throws Exception {
    begin(round);
    String path = repository.directory().toString();
    long whole = millisToTheEnd("commit", path, "0");
    for (int kill = 1; kill <= KILLS; kill++) {
      kill(whole, "commit", path, Integer.toString(kill));
      assertWhole(repository, "kill " + kill + ", seed " + seed);
      Digest head = repository.refs().head("b").orElseThrow();
      assertThat(repository.read(head).contentBytes()).isPositive();
    }
    finish("commit", path, "0");
    assertWhole(repository, "at the end");
    try (Stream<Path> left = Files.list(repository.temporary())) {
      assertThat(left).containsExactly(repository.temporary().resolve("cache"));
    }
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void pullsThatDieAreTakenUpAgain(int round) throws Exception {
    begin(round);
    String path = repository.directory().toString();
    finish("commit", path, "0");
    OstreeRepository first = Repositories.init(work.resolve("first"), RepositoryMode.BARE_USER);
    long whole = millisToTheEnd("pull", first.directory().toString(), path);
    OstreeRepository client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
    for (int kill = 1; kill <= KILLS; kill++) {
      finish("commit", path, Integer.toString(kill));
      kill(whole, "pull", client.directory().toString(), path);
      assertThat(client.fsck(2, Progress.none()).problems()).as("kill " + kill).isEmpty();
      if (kill % 3 == 0) {
        finish("pull", client.directory().toString(), path);
        assertWhole(client, "pull after kill " + kill + ", seed " + seed);
        assertThat(client.refs().remote("o", "b")).isEqualTo(repository.refs().head("b"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void prunesThatDieLoseNothingThatIsKept(int round) throws Exception {
    begin(round);
    String path = repository.directory().toString();
    finish("commit", path, "0");
    finish("commit", path, "1");
    long whole = millisToTheEnd("prune", path);
    for (int kill = 1; kill <= KILLS; kill++) {
      finish("commit", path, Integer.toString(kill % 3));
      kill(whole, "prune", path);
      assertWhole(repository, "kill " + kill + ", seed " + seed);
    }
    finish("prune", path);
    assertWhole(repository, "at the end");
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void deploymentsThatDieLeaveTheOldOneBootable(int round) throws Exception {
    begin(round);
    assumeTrue("root".equals(System.getProperty("user.name")), "deployments are owned by root");
    Path root = work.resolve("sysroot");
    Sysroot sysroot = Sysroot.init(root);
    sysroot.initStateroot("debian");
    OstreeRepository bare = sysroot.repository();
    bare.withConfig(bare.config().with("core", "fsync", "false"));
    for (int seed = 0; seed < RELEASES; seed++) {
      CommitInfo info = CommitInfo.of("seed " + seed, Repositories.TIME).onBranch("r" + seed);
      bare.commit(RepositoryProcess.system(seed), info, 2, Progress.none());
    }
    try {
      finish("deploy", root.toString(), "r0");
      Files.writeString(etc(sysroot, 0).resolve("mine"), "mine");
      long whole = millisToTheEnd("deploy", root.toString(), "r1");
      for (int kill = 1; kill <= KILLS; kill++) {
        String when = "kill " + kill + ", seed " + seed;
        Deployment old = sysroot.deployments().get(0);
        List<String> offered = DeploymentsOnDisk.requireBootable(root);
        kill(whole, "deploy", root.toString(), "r" + kill % RELEASES);
        // Dead between its last two steps, the last deploy left a menu older than the deployments.
        List<String> menu = DeploymentsOnDisk.requireBootable(root);
        assertThat(menu.contains(old.name()) || menu.equals(offered))
            .as("%s: %s offered, %s before, old is %s", when, menu, offered, old.name())
            .isTrue();
        assertThat(sysroot.deployments()).as(when).contains(old);
        assertThat(Tool.output("ostree", "admin", "status", "--sysroot=" + root))
            .as(when)
            .contains("debian " + old.name());
        assertThat(etc(sysroot, 0).resolve("mine")).as(when).hasContent("mine");
        assertWhole(bare, when);
      }
      finish("deploy", root.toString(), "r0");
      assertThat(DeploymentsOnDisk.requireBootable(root))
          .containsExactlyElementsOf(sysroot.deployments().stream().map(Deployment::name).toList());
      try (Stream<Path> left = Files.list(root.resolve("ostree/deploy/debian/deploy"))) {
        assertThat(left).as("two deployments and their origins").hasSize(4);
      }
      assertWhole(bare, "at the end");
    } finally {
      DeploymentsOnDisk.makeMutable(root);
    }
  }

  private static Path etc(Sysroot sysroot, int index) throws IOException {
    return sysroot.directory(sysroot.deployments().get(index)).resolve("etc");
  }
}
