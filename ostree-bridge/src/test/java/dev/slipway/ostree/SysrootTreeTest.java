// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysrootTreeTest {
  private static final long TIME = 1_700_000_000;

  @TempDir Path directory;

  private static Tree fitted() throws Exception {
    return FittedTree.of(Tree.of(FittedTreeTest::debian), TIME).tree();
  }

  private static CommitInfo info() {
    return CommitInfo.of("edge 1", TIME).onBranch("edge/amd64").withVersion("1");
  }

  private static SysrootTree sysroot() throws Exception {
    return SysrootTree.of(
        fitted(),
        info(),
        "debian",
        Optional.of("origin:edge/amd64"),
        KernelCommandLine.of("root=PARTUUID=1", "rw"));
  }

  @Test
  void theCommitIsTheOneARepositoryWouldMake() throws Exception {
    OstreeRepository repository =
        OstreeRepository.init(directory.resolve("repo"), RepositoryMode.ARCHIVE);

    assertThat(sysroot().commit())
        .isEqualTo(repository.commit(fitted(), info(), 2, Progress.none()).checksum());
  }

  @Test
  void theDeploymentsFilesAreTheRepositorysObjects() throws Exception {
    SysrootTree made = sysroot();
    String place = made.deployment().path().toString();
    TreePath kernel = TreePath.of(place + "/usr/lib/modules/6.1.0-1-amd64/vmlinuz");

    assertThat(made.tree().inode(kernel)).isPresent();
    assertThat(
            made.tree()
                .inode("/boot" + made.deployment().kernelPath())
                .equals(made.tree().inode(kernel)))
        .isTrue();
    assertThat(new String(made.tree().read(place + "/etc/app.conf"), StandardCharsets.UTF_8))
        .isEqualTo("level=1\n");
    assertThat(
            made.tree()
                .follow(
                    TreePath.of(
                        "/ostree/boot.1/debian/" + made.deployment().bootChecksum() + "/0")))
        .contains(made.deployment().path());
  }

  @Test
  void aTreeWithoutAnInitramfsIsRefused() throws Exception {
    Tree lacking = fitted().without(path -> path.name().equals("initramfs.img"));

    assertThatThrownBy(
            () ->
                SysrootTree.of(lacking, info(), "debian", Optional.empty(), KernelCommandLine.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/usr/lib/modules/6.1.0-1-amd64 has no initramfs.img; add one and try again");
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void ostreeTakesItForItsOwn() throws Exception {
    Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    SysrootTree made = sysroot();
    Path sysroot = directory.resolve("sysroot");
    HostDirectory.write(made.tree(), sysroot);
    String at = "--sysroot=" + sysroot;

    assertThat(Tool.output("ostree", "--repo=" + sysroot + "/ostree/repo", "fsck"))
        .contains("object fsck of 1 commits");
    assertThat(Tool.output("ostree", "admin", "status", at))
        .contains("debian " + made.deployment().name())
        .contains("Version: 1")
        .contains("origin refspec: origin:edge/amd64");
    upgradeWithOstree(made, sysroot);
  }

  /** ostree pulls a second commit from our server's repository and deploys it beside ours. */
  private void upgradeWithOstree(SysrootTree made, Path sysroot) throws Exception {
    OstreeRepository server =
        OstreeRepository.init(directory.resolve("server"), RepositoryMode.ARCHIVE);
    server.commit(fitted(), info(), 2, Progress.none());
    Tree newer = fitted().with(t -> t.symlink("/usr/new", "lib"));
    server.commit(newer, info().withVersion("2"), 2, Progress.none());
    String repo = "--repo=" + sysroot + "/ostree/repo";
    Tool.output(
        "ostree",
        repo,
        "remote",
        "add",
        "--no-gpg-verify",
        "origin",
        "file://" + server.directory());
    Files.writeString(sysroot.resolve(made.deployment().path().relative() + "/etc/mine"), "x\n");

    Tool.Result upgrade =
        Tool.run(
            Map.of("OSTREE_SYSROOT_DEBUG", "mutable-deployments"), // so that they can be deleted
            "ostree",
            "admin",
            "upgrade",
            "--sysroot=" + sysroot,
            "--os=debian");
    assertThat(upgrade.status()).as(upgrade.output()).isZero();

    assertThat(Tool.output("ostree", "admin", "status", "--sysroot=" + sysroot))
        .containsSubsequence("Version: 2", "Version: 1");
    assertThat(sysroot.resolve("boot/loader.0/entries/ostree-2-debian.conf"))
        .content()
        .contains("root=PARTUUID=1 rw ostree=/ostree/boot.0/debian/");
    Path script = directory.resolve("write-grub-cfg");
    Files.write(
        script, GrubUpkeep.addedTo(Tree.empty(), 0).read("/usr/lib/slipway/write-grub-cfg"));
    Tool.output("sh", script.toString(), sysroot + "/boot", sysroot.toString());
    assertThat(sysroot.resolve("boot/grub/grub.cfg"))
        .content()
        .containsSubsequence("set B_KERNEL=1", "starting deployment " + made.deployment().name());
  }
}
