// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticDeltaTest {
  private static final int LARGE = 300_000;

  @TempDir Path directory;
  private OstreeRepository server;

  @BeforeEach
  void makeServer() throws Exception {
    server = repository("server", RepositoryMode.ARCHIVE);
  }

  private OstreeRepository repository(String name, RepositoryMode mode) throws IOException {
    OstreeRepository made = OstreeRepository.init(directory.resolve(name), mode);
    return made.withConfig(made.config().with("core", "fsync", "false"));
  }

  private static byte[] noise(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] changed(byte[] bytes, int... places) {
    byte[] copy = bytes.clone();
    for (int place : places) {
      copy[place] ^= 0x55;
    }
    return copy;
  }

  private static byte[] inserted(byte[] bytes, int place, byte[] more) {
    byte[] out = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, out, place, more.length);
    System.arraycopy(bytes, place, out, place + more.length, bytes.length - place);
    return out;
  }

  private static Tree before() {
    return Tree.of(
        t ->
            t.file("/usr/lib/same", 0644, Content.utf8("same\n"))
                .file("/usr/lib/moved.so.1.2", 0644, Content.bytes(noise(1, LARGE)))
                .file("/usr/lib/edited", 0644, Content.bytes(noise(2, LARGE)))
                .file("/usr/lib/grown", 0600, Content.bytes(noise(3, LARGE)))
                .file("/usr/lib/mode", 0644, Content.bytes(noise(4, LARGE)))
                .file("/usr/lib/emptied", 0644, Content.utf8("x"))
                .symlink("/usr/lib/link", "same")
                .file("/usr/lib/gone", 0644, Content.utf8("gone\n")));
  }

  private static Tree after() {
    Xattrs capability = Xattrs.of(Map.of("user.note", new byte[] {1, 2, 3}));
    return Tree.of(
        t ->
            t.file("/usr/lib/same", 0644, Content.utf8("same\n"))
                .file("/usr/lib/moved.so.1.3", 0644, Content.bytes(changed(noise(1, LARGE), 9)))
                .file("/usr/lib/edited", 0644, Content.bytes(changed(noise(2, LARGE), 0, 70_000)))
                .file(
                    "/usr/lib/grown",
                    0600,
                    Content.bytes(inserted(noise(3, LARGE), 1000, noise(9, 50))))
                .file("/usr/lib/mode", 0755, Content.bytes(noise(4, LARGE)))
                .file("/usr/lib/emptied", 0644, Content.EMPTY)
                .symlink("/usr/lib/link", "edited")
                .directory("/usr/new", 0700)
                .put(
                    TreePath.of("/usr/new/noted"),
                    new RegularFile(
                        Metadata.mode(04755).withOwner(7, 8).withXattrs(capability),
                        Content.bytes(noise(5, 5000)))));
  }

  private Digest commit(Tree tree) throws IOException {
    return server.commit(tree, CommitInfo.of("test", 1_700_000_000), 2, Progress.none()).checksum();
  }

  private Path make(Optional<Digest> from, Digest to, DeltaOptions options) throws IOException {
    return StaticDelta.make(server, new DeltaName(from, to), options, Progress.none());
  }

  private static long bytes(Path delta) throws IOException {
    long sum = 0;
    try (var files = Files.list(delta)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  /** A repository with one commit of the server's, all of it. */
  private OstreeRepository client(Digest commit) throws IOException {
    OstreeRepository client = repository("client", RepositoryMode.ARCHIVE);
    Path whole = make(Optional.empty(), commit, DeltaOptions.threads(1));
    StaticDelta.apply(client, whole, DeltaLimits.DEFAULT, Progress.none());
    return client;
  }

  @Test
  void aDeltaFromNothingHoldsTheWholeCommit() throws Exception {
    Digest commit = commit(after());

    assertThat(client(commit).read(commit)).isEqualTo(after());
  }

  @Test
  void aDeltaLeadsFromOneCommitToAnother() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    OstreeRepository client = client(from);

    Path delta = make(Optional.of(from), to, DeltaOptions.threads(2));
    StaticDelta.apply(client, delta, DeltaLimits.DEFAULT, Progress.none());

    assertThat(client.read(to)).isEqualTo(after());
  }

  @Test
  void whatChangedLittleCostsLittle() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());

    // 5,000 bytes are new; four files of 300,000 changed by a few bytes each
    assertThat(bytes(make(Optional.of(from), to, DeltaOptions.threads(1)))).isLessThan(8_500);
  }

  @Test
  void aRollingHashDoesWhatMemoryForbids() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    OstreeRepository client = client(from);

    Path delta = make(Optional.of(from), to, DeltaOptions.threads(2).withMemoryBytes(1 << 20));
    StaticDelta.apply(client, delta, DeltaLimits.DEFAULT, Progress.none());

    assertThat(client.read(to)).isEqualTo(after());
    assertThat(bytes(delta)).isLessThan(10_000);
  }

  @Test
  void threadsChangeNothing() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    DeltaOptions small = DeltaOptions.threads(1).withPartBytes(100_000);
    Path one = make(Optional.of(from), to, small);
    Path kept = Files.move(one, directory.resolve("kept"));

    Path four = make(Optional.of(from), to, new DeltaOptions(4, 100_000, small.memoryBytes()));

    assertThat(StaticDelta.superblock(four, DeltaLimits.DEFAULT).parts()).hasSizeGreaterThan(3);
    try (var files = Files.list(kept)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        assertThat(four.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void ostreeAppliesOurs() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    for (long memory : new long[] {64 << 20, 1 << 20}) {
      Path client = directory.resolve("bare-user-" + memory);
      String repo = "--repo=" + client;
      Tool.output("ostree", repo, "init", "--mode=bare-user");
      Path whole = make(Optional.empty(), from, DeltaOptions.threads(2));
      Tool.output("ostree", repo, "static-delta", "apply-offline", whole.toString());
      Path delta =
          make(
              Optional.of(from),
              to,
              DeltaOptions.threads(2).withPartBytes(100_000).withMemoryBytes(memory));
      Tool.output("ostree", repo, "static-delta", "apply-offline", delta.toString());
      assertThat(Tool.output("ostree", repo, "fsck")).contains("object fsck of 2 commits");
      assertThat(Tool.output("ostree", repo, "ls", "-R", to.hex())).contains("/usr/new/noted");
    }
    assertThat(
            Tool.output(
                "ostree", "--repo=" + server.directory(), "static-delta", "show", from + "-" + to))
        .contains("Number of parts:");
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void weApplyOstrees() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    OstreeRepository client = client(from);
    String repo = "--repo=" + server.directory();

    for (String option : new String[] {"--inline", "--disable-bsdiff", "--set-endianness=B"}) {
      OstreeRepository each = repository("client" + option, RepositoryMode.ARCHIVE);
      Path whole = make(Optional.empty(), from, DeltaOptions.threads(1));
      StaticDelta.apply(each, whole, DeltaLimits.DEFAULT, Progress.none());
      Tool.output(
          "ostree",
          repo,
          "static-delta",
          "generate",
          "--min-fallback-size=0",
          option,
          "--from=" + from,
          "--to=" + to);
      Path delta = server.directory().resolve(new DeltaName(Optional.of(from), to).path());
      StaticDelta.apply(each, delta, DeltaLimits.DEFAULT, Progress.none());
      assertThat(each.read(to)).isEqualTo(after());
    }
    assertThat(client.has(ObjectName.commit(to))).isFalse();
  }

  @Test
  void aCutOrChangedPartIsSaidToBeOne() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    OstreeRepository client = client(from);
    Path delta = make(Optional.of(from), to, DeltaOptions.threads(1));
    byte[] part = Files.readAllBytes(delta.resolve("0"));

    Files.write(delta.resolve("0"), Arrays.copyOf(part, part.length / 2));
    refuses(client, delta, "part 0: ends after " + part.length / 2);
    Files.write(delta.resolve("0"), Arrays.copyOf(part, part.length + 1));
    refuses(client, delta, "is longer than the " + part.length + " bytes announced");
    Files.write(delta.resolve("0"), changed(part, part.length / 2));
    refuses(client, delta, "part 0: checksum: found");
    assertThat(client.has(ObjectName.commit(to))).isFalse();
  }

  @Test
  void flippedBitsOfASuperblockAreRefused() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    OstreeRepository client = client(from);
    Path delta = make(Optional.of(from), to, DeltaOptions.threads(1));
    byte[] good = Files.readAllBytes(delta.resolve("superblock"));
    Random random = new Random(7);
    for (int i = 0; i < 40; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(delta.resolve("superblock"), bad);
      try {
        StaticDelta.apply(client, delta, DeltaLimits.DEFAULT, Progress.none());
        // bits that say nothing about objects, such as those of the time
        assertThat(client.read(to)).isEqualTo(after());
      } catch (IOException e) {
        assertThat(e.getMessage()).startsWith(delta.toString());
      }
    }
  }

  @Test
  void aDeltaFromAnotherCommitIsRefused() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    Path delta = make(Optional.of(from), to, DeltaOptions.threads(1));

    assertThatThrownBy(
            () ->
                StaticDelta.apply(
                    repository("empty", RepositoryMode.ARCHIVE),
                    delta,
                    DeltaLimits.DEFAULT,
                    Progress.none()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("starts at commit " + from + ", which this repository does not have");
  }

  @Test
  void aDeltaThatLeavesSomethingOutIsRefused() throws Exception {
    Digest commit = commit(after());
    Path delta = make(Optional.empty(), commit, DeltaOptions.threads(1));
    DeltaSuperblock whole = StaticDelta.superblock(delta, DeltaLimits.DEFAULT);
    Files.write(
        delta.resolve(DeltaSuperblock.FILE),
        new DeltaSuperblock(whole.metadata(), 0, whole.name(), whole.commit(), List.of(), List.of())
            .toBytes());
    OstreeRepository client = repository("client", RepositoryMode.ARCHIVE);

    refuses(client, delta, "which its commit needs and which is not here");
    assertThat(client.has(ObjectName.commit(commit))).isFalse();
  }

  @Test
  void limitsHoldBeforeAnythingIsWritten() throws Exception {
    Digest from = commit(before());
    Digest to = commit(after());
    OstreeRepository client = client(from);
    Path delta = make(Optional.of(from), to, DeltaOptions.threads(1));
    long part = Files.size(delta.resolve("0"));

    refuses(
        client,
        delta,
        new DeltaLimits(1 << 20, part - 1, 1 << 30, 1 << 30, 1 << 20),
        "a part of " + part + " bytes, at most " + (part - 1));
    refuses(
        client,
        delta,
        new DeltaLimits(1 << 20, 1 << 20, 1 << 20, 1 << 30, 1 << 20),
        "more than 1048576 bytes");
    refuses(
        client,
        delta,
        new DeltaLimits(1 << 20, 1 << 20, 1 << 30, LARGE - 1, 1 << 20),
        "at most " + (LARGE - 1));
    refuses(client, delta, new DeltaLimits(1 << 20, 1 << 20, 1 << 30, 1 << 30, 4), "operations:");
  }

  private static void refuses(OstreeRepository client, Path delta, String message) {
    refuses(client, delta, DeltaLimits.DEFAULT, message);
  }

  private static void refuses(
      OstreeRepository client, Path delta, DeltaLimits limits, String message) {
    assertThatThrownBy(() -> StaticDelta.apply(client, delta, limits, Progress.none()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message);
  }
}
