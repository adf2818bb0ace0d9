// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskInspection;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.rootfs.Sandbox;
import dev.slipway.rootfs.SandboxCommand;
import dev.slipway.rootfs.SandboxSettings;
import dev.slipway.rootfs.SandboxStage;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.spec.ImageSpec;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole builds from an archive of tiny packages. Their scripts would do nothing, so none are run.
 */
class ImageBuildTest {
  /** A door behind which nothing happens. */
  static final Sandbox NOTHING_RUNS = behind((tree, commands) -> tree);

  private interface Effect {
    Tree of(Tree tree, List<SandboxCommand> commands) throws IOException;
  }

  /** A door behind which all commands together have one effect on the last stage's tree. */
  private static Sandbox behind(Effect effect) {
    return new Sandbox() {
      @Override
      public Tree run(
          List<SandboxStage> stages,
          SandboxSettings settings,
          ContentKeeper keeper,
          Progress progress)
          throws IOException {
        Tree tree = Tree.empty();
        var commands = new ArrayList<SandboxCommand>();
        for (SandboxStage stage : stages) {
          SandboxStage.Ready ready = stage.make();
          tree = ready.tree();
          commands.addAll(ready.commands());
        }
        return effect.of(tree, commands);
      }

      @Override
      public void check() {}
    };
  }

  private static final long TIME = 1_700_000_000;

  @TempDir Path directory;
  private TinyArchive archive;

  @BeforeEach
  void startArchive() throws IOException {
    archive = TinyArchive.start(directory.resolve("archive"));
  }

  @AfterEach
  void stopArchive() {
    if (archive != null) {
      archive.close();
    }
  }

  private Path spec(String more) throws IOException {
    Path file = directory.resolve("tiny.yaml");
    Files.writeString(
        file,
        "name: tiny\n"
            + "version: 1.0\n"
            + "suite: bookworm\n"
            + "architecture: amd64\n"
            + "packages: [linux-image-tiny, application]\n"
            + archive.sources()
            + (more.contains("sizes:") ? "" : "sizes: {slot: 32 MiB, data: 16 MiB, esp: 36 MiB}\n")
            + more);
    return file;
  }

  private BuildOptions options(String name) {
    return BuildOptions.of(directory.resolve(name), directory.resolve(name + "-store"));
  }

  private BuildResult build(Path spec, BuildOptions options) throws IOException {
    return ImageBuild.of(ImageSpec.read(spec), options)
        .withSandbox(NOTHING_RUNS)
        .run(Progress.none());
  }

  private static String steps(BuildResult result) {
    return result.steps().stream()
        .map(step -> step.step() + (step.reused() ? " reused" : " made"))
        .collect(Collectors.joining(", "));
  }

  @Test
  void givesTheSameBytesInAnotherStoreAndDirectory() throws IOException {
    Path spec = spec("files: [{path: /a, content: x}]\n");
    BuildResult first = build(spec, options("one"));
    BuildResult second = build(spec, options("two"));
    assertThat(Digest.of(Files.newInputStream(first.image())))
        .isEqualTo(Digest.of(Files.newInputStream(second.image())));
    assertThat(Files.readAllBytes(first.manifest()))
        .isEqualTo(Files.readAllBytes(second.manifest()));
    assertThat(second.digest()).isEqualTo(first.digest());
    Files.delete(directory.resolve("tiny.lock"));
    assertThat(build(spec, options("three")).digest()).isEqualTo(first.digest());
  }

  @Test
  void writesAnImageThatReadsBack() throws IOException {
    BuildResult built = build(spec("hostname: robot-${serial}\n"), options("out"));
    try (BlockSource source = BlockSource.file(built.image())) {
      DiskInspection found = DiskInspection.of(source, "tiny.img");
      assertThat(found.complaints()).isEmpty();
      assertThat(found.partitions().stream().map(p -> p.name()))
          .containsExactly("bios", "esp", "root-a", "root-b", "data");
    }
    assertThat(built.image().getFileName()).hasToString("tiny-1.0.img");
    assertThat(Files.readString(built.manifest()))
        .contains("\"application\"")
        .contains("\"slot\" : \"A\"");
    assertThat(Files.readString(directory.resolve("out/tiny.lock")))
        .isEqualTo(Files.readString(directory.resolve("tiny.lock")));
    assertThat(Files.list(directory.resolve("out"))).hasSize(3);
  }

  @Test
  void doesNothingWhenNothingChanged() throws IOException {
    Files.writeString(directory.resolve("app"), "one");
    Path spec = spec("files: [{path: /a, source: app}]\n");
    BuildOptions options = options("out");
    assertThat(ImageBuild.unchanged(spec, options)).isEmpty();
    BuildResult built = build(spec, options);
    var before = Files.getLastModifiedTime(built.image());
    assertThat(ImageBuild.unchanged(spec, options))
        .get()
        .extracting(BuildResult::digest)
        .isEqualTo(built.digest());
    archive.close();
    assertThat(ImageBuild.unchanged(spec, options)).isPresent();
    assertThat(steps(build(spec, options)))
        .isEqualTo(
            "root file system reused, system reused, boot loaders and tools reused, image reused");
    assertThat(Files.getLastModifiedTime(built.image())).isEqualTo(before);
  }

  @Test
  void noticesEveryKindOfChange() throws IOException {
    Files.createDirectories(directory.resolve("app"));
    Files.writeString(directory.resolve("app/file"), "one");
    Files.createSymbolicLink(directory.resolve("app/link"), Path.of("here"));
    Path spec = spec("files: [{path: /a, source: app}]\n");
    BuildOptions options = options("out");
    BuildResult built = build(spec, options);
    List<Action> changes =
        List.of(
            () -> Files.writeString(directory.resolve("app/file"), "two"),
            () -> Files.writeString(directory.resolve("app/another"), ""),
            () -> assertThat(directory.resolve("app/file").toFile().setExecutable(true)).isTrue(),
            () -> {
              Files.delete(directory.resolve("app/link"));
              Files.createSymbolicLink(directory.resolve("app/link"), Path.of("there"));
            },
            () -> {
              Files.move(directory.resolve("app/file"), directory.resolve("moved"));
              Files.createSymbolicLink(directory.resolve("app/file"), directory.resolve("moved"));
            },
            () -> Files.writeString(built.image(), "broken"),
            () -> Files.delete(built.image()),
            () -> Files.writeString(built.manifest(), "{}"),
            () -> Files.writeString(spec, Files.readString(spec) + "keyboard: de\n"),
            () -> Files.delete(directory.resolve("tiny.lock")));
    for (Action change : changes) {
      assertThat(ImageBuild.unchanged(spec, options)).isPresent();
      change.run();
      assertThat(ImageBuild.unchanged(spec, options)).isEmpty();
      build(spec, options);
    }
    assertThat(ImageBuild.unchanged(spec, options)).isPresent();
  }

  @Test
  void isQuickAgainAfterAChangeThatMattersToNothing() throws IOException {
    Path spec = spec("");
    BuildOptions options = options("out");
    BuildResult first = build(spec, options);
    var longAgo = FileTime.from(Instant.ofEpochSecond(TIME));
    Files.setLastModifiedTime(first.lock(), longAgo);
    Files.writeString(spec, Files.readString(spec) + "# a comment\n");
    assertThat(ImageBuild.unchanged(spec, options)).isEmpty();
    assertThat(steps(build(spec, options))).doesNotContain("made");
    var quick = ImageBuild.unchanged(spec, options).orElseThrow();
    assertThat(quick.digest()).isEqualTo(first.digest());
    assertThat(quick.lock()).isEqualTo(first.lock()).isEqualTo(directory.resolve("tiny.lock"));
    assertThat(Files.getLastModifiedTime(first.lock())).isEqualTo(longAgo);
  }

  @Test
  void aFileChangedDuringTheBuildIsNotTakenForBuilt() throws IOException {
    Path app = directory.resolve("app");
    Files.writeString(app, "one");
    Path spec = spec("files: [{path: /a, source: app}]\n");
    BuildOptions options = options("out");
    Sandbox editing =
        behind(
            (tree, commands) -> {
              Files.writeString(app, "two");
              return tree;
            });
    ImageBuild.of(ImageSpec.read(spec), options).withSandbox(editing).run(Progress.none());
    assertThat(ImageBuild.unchanged(spec, options)).isEmpty();
    build(spec, options);
    assertThat(ImageBuild.unchanged(spec, options)).isPresent();
  }

  private interface Action {
    void run() throws IOException;
  }

  @Test
  void saysWhyAStepIsMadeAgain() throws IOException {
    Files.writeString(directory.resolve("app"), "one");
    Path spec = spec("files: [{path: /a, source: app}]\n");
    BuildOptions options = options("out");
    BuildResult first = build(spec, options);
    assertThat(steps(first))
        .isEqualTo(
            "root file system made, system made, boot loaders and tools made, image made, initramfs"
                + " made");
    assertThat(first.steps().get(0).why()).containsExactly("it was never made before");
    Files.writeString(directory.resolve("app"), "two");
    BuildResult second = build(spec, options);
    assertThat(steps(second))
        .isEqualTo(
            "root file system reused, system made, boot loaders and tools reused, image made,"
                + " initramfs reused");
    assertThat(second.steps().get(1).why()).singleElement().asString().startsWith("own files");
    assertThat(second.digest()).isNotEqualTo(first.digest());
    Files.writeString(directory.resolve("app"), "one");
    assertThat(build(spec, options).digest()).isEqualTo(first.digest());
  }

  @Test
  void planSaysItWithoutWriting() throws IOException {
    Path spec = spec("");
    BuildOptions options = options("out");
    var plan = ImageBuild.read(spec, options).plan(Progress.none());
    assertThat(plan.steps().stream().map(StepReport::reused)).containsOnly(false);
    assertThat(directory.resolve("out")).doesNotExist();
    assertThat(directory.resolve("tiny.lock")).doesNotExist();
    build(spec, options);
    assertThat(
            ImageBuild.read(spec, options).plan(Progress.none()).steps().stream()
                .map(StepReport::reused))
        .containsOnly(true);
  }

  @Test
  void obeysTheLockUntilToldToRenewIt() throws IOException {
    Path spec = spec("");
    BuildOptions options = options("out");
    BuildResult first = build(spec, options);
    archive.release("2");
    assertThat(ImageBuild.unchanged(spec, options)).isPresent();
    assertThat(build(spec, options).digest()).isEqualTo(first.digest());
    BuildResult renewed = build(spec, options.withUpdate(true));
    assertThat(renewed.digest()).isNotEqualTo(first.digest());
    assertThat(Files.readString(directory.resolve("tiny.lock"))).contains("application 2 ");
    assertThat(renewed.steps().get(0).why())
        .anySatisfy(why -> assertThat(why).contains("application 2"));
  }

  @Test
  void aLockedBuildNeedsNoNetworkAndNamesWhatIsGone() throws IOException {
    Path spec = spec("");
    BuildResult first = build(spec, options("out"));
    archive.release("2");
    assertThatThrownBy(() -> build(spec, options("fresh"))).hasMessageContaining("application 1");
    assertThat(Files.list(directory.resolve("fresh"))).isEmpty();
    archive.close();
    Files.delete(first.image());
    assertThat(build(spec, options("out").withOffline(true)).digest()).isEqualTo(first.digest());
  }

  @Test
  void commandsLeaveTimesAndNumbersAsTheyAre() throws IOException {
    Sandbox touching =
        behind(
            (tree, commands) -> {
              if (commands.stream().noneMatch(each -> each.script().equals("touch /made"))) {
                return tree;
              }
              return tree.with(
                  t -> {
                    Metadata made = Metadata.mode(0644).withOwner(1000, 1000);
                    t.put(
                        TreePath.of("/old"),
                        new RegularFile(made.withMtime(TIME - 5, 0), Content.EMPTY));
                    t.put(
                        TreePath.of("/made"),
                        new RegularFile(made.withMtime(TIME + 9_999_999_999L, 0), Content.EMPTY));
                    t.file(
                        "/etc/shadow",
                        0640,
                        Content.utf8("root:*:19000:0:99999:7:::\nanna:*::::::\n"));
                  });
            });
    Path spec = spec("time: 1700000000\nrun: [touch /made]\nusers: [{name: anna, uid: 1000}]\n");
    BuildResult built =
        ImageBuild.of(ImageSpec.read(spec), options("out"))
            .withSandbox(touching)
            .run(Progress.none());
    Tree root = root(built);
    assertThat(root.inode("/old").orElseThrow().metadata().mtimeSeconds()).isEqualTo(TIME - 5);
    assertThat(root.inode("/made").orElseThrow().metadata().mtimeSeconds()).isEqualTo(TIME);
    assertThat(root.inode("/made").orElseThrow().metadata().uid()).isEqualTo(1000);
    assertThat(root.inode("/usr/bin/application").orElseThrow().metadata().mtimeSeconds())
        .isGreaterThan(1_000_000_000);
    assertThat(new String(root.read("/etc/shadow"), StandardCharsets.UTF_8))
        .isEqualTo("root:*:" + TIME / 86_400 + ":0:99999:7:::\nanna:*::::::\n");
  }

  private static Tree root(BuildResult built) throws IOException {
    try (BlockSource source = BlockSource.file(built.image())) {
      var slot = DiskInspection.of(source, "tiny.img").partition("root-a").orElseThrow();
      byte[] bytes = source.readFully(slot.offsetBytes(), Math.toIntExact(slot.sizeBytes()));
      return Ext4.read(BlockSource.bytes(bytes), "root-a");
    }
  }

  @Test
  void keepsTheNumbersOfUsersFromReleaseToRelease() throws IOException {
    BuildOptions options = options("out");
    build(spec("users: [{name: anna}, {name: zoe}]\n"), options);
    build(spec("users: [{name: zoe}]\n"), options);
    build(spec("users: [{name: mia}, {name: zoe}, {name: anna}]\n"), options);
    assertThat(Files.readString(directory.resolve("tiny.lock")))
        .contains("anna:x:1000:")
        .contains("zoe:x:1001:")
        .contains("mia:x:1002:");
  }

  @Test
  void refusesAnImageWithoutAKernel() throws IOException {
    Path spec = spec("");
    Files.writeString(spec, Files.readString(spec).replace("linux-image-tiny, ", ""));
    assertThatThrownBy(() -> build(spec, options("out")))
        .hasMessageContaining("the image has no kernel");
  }

  @Test
  void saysAtOnceWhatDoesNotGoTogether() throws IOException {
    assertThatThrownBy(
            () -> build(spec("layout: ostree\ninitramfs: initramfs-tools\n"), options("out")))
        .hasMessageContaining("leave it at slipway");
    assertThat(directory.resolve("out-store")).doesNotExist();
  }

  @Test
  void recoveryHasAPartitionWithTheKernelOfTheImageAndASystemOfItsOwn() throws IOException {
    Path spec = spec("layout: recovery\n");
    BuildResult built = build(spec, options("one"));
    assertThat(steps(built)).endsWith("image made, initramfs made, recovery system made");
    try (BlockSource source = BlockSource.file(built.image())) {
      DiskInspection found = DiskInspection.of(source, "tiny.img");
      assertThat(found.complaints()).isEmpty();
      assertThat(found.partitions().stream().map(p -> p.name()))
          .containsExactly("bios", "esp", "root-a", "root-b", "recovery", "data");
      var partition = found.partition("recovery").orElseThrow();
      assertThat(partition.sizeBytes()).isEqualTo(DiskLayout.RECOVERY_SIZE.bytes());
      byte[] bytes = source.readFully(partition.offsetBytes(), (int) partition.sizeBytes());
      Tree recovery = Ext4.read(BlockSource.bytes(bytes), "recovery");
      assertThat(recovery.read("/vmlinuz")).asString().isEqualTo("kernel");
      assertThat(recovery.read("/initrd.img"))
          .isNotEqualTo(root(built).read("/boot/initrd.img-1.0"));
    }
    var plan = ImageBuild.read(spec, options("one")).plan(Progress.none());
    assertThat(plan.disk().orElseThrow().layout()).contains("recovery  ");
    assertThat(Files.readString(built.manifest())).contains("\"name\" : \"recovery\"");
    assertThat(build(spec, options("two")).digest()).isEqualTo(built.digest());
  }

  @Test
  void recoveryThatWritesReleasesIsMadeAnewWhenItsKeyringChanges() throws IOException {
    Path spec = spec("layout: recovery\nrecovery: {keyring: keys.pem, sources: disk}\n");
    Path keyring = spec.resolveSibling("keys.pem");
    Files.writeString(keyring, "nothing of the kind\n");
    assertThatThrownBy(() -> build(spec, options("out")))
        .hasMessageContaining("recovery.keyring: " + keyring)
        .hasMessageContaining("expected -----BEGIN CERTIFICATE-----");
    Files.writeString(keyring, certificate("one"));
    BuildResult one = build(spec, options("out"));
    assertThat(Files.readString(one.lock())).contains("openssl", "dmsetup");
    assertThat(ImageBuild.unchanged(spec, options("out"))).isPresent();
    Files.writeString(keyring, certificate("two"));
    assertThat(ImageBuild.unchanged(spec, options("out"))).isEmpty();
    BuildResult two = build(spec, options("out"));
    assertThat(steps(two)).contains("recovery system made");
    assertThat(two.digest()).isNotEqualTo(one.digest());
    Files.move(keyring, keyring.resolveSibling("moved.pem"));
    spec("layout: recovery\nrecovery: {keyring: moved.pem, sources: disk}\n");
    assertThat(steps(build(spec, options("out")))).contains("image reused");
  }

  private static String certificate(String name) {
    Instant start = Instant.parse("2026-01-02T03:04:05Z");
    return DevelopmentKeys.pem(
        DevelopmentKeys.create(DevelopmentKeys.Kind.EC, name, start, 100, new SecureRandom())
            .authority());
  }

  @Test
  void hasTheSizesItIsGiven() throws IOException {
    BuildResult built =
        build(
            spec("layout: single\nsizes: {slot: 64 MiB, data: 32 MiB, esp: 40 MiB}\n"),
            options("out"));
    try (BlockSource source = BlockSource.file(built.image())) {
      var sizes =
          DiskInspection.of(source, "tiny.img").partitions().stream()
              .map(p -> p.name() + " " + p.sizeBytes() / (1 << 20))
              .toList();
      assertThat(sizes).containsExactly("bios 1", "esp 40", "root-a 64", "data 32");
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
