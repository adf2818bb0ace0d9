// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.digest.Digest;
import dev.slipway.ostree.Sysroot.DeployReport;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysrootTest {
  private static final long TIME = 1_700_000_000;

  @TempDir Path directory;
  private Path root;
  private Sysroot sysroot;

  @BeforeEach
  void init() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "deployments are owned by root");
    root = directory.resolve("sysroot");
    sysroot = Sysroot.init(root);
    sysroot.initStateroot("debian");
  }

  @AfterEach
  void makeMutable() throws Exception {
    DeploymentsOnDisk.makeMutable(directory.resolve("sysroot"));
  }

  private Digest commit(String version, String kernel) throws Exception {
    Tree tree =
        FittedTree.of(
                Tree.of(FittedTreeTest::debian)
                    .with(
                        t ->
                            t.file("/etc/app.conf", 0644, Content.utf8("level=" + version))
                                .file("/etc/other.conf", 0644, Content.utf8("v" + version))
                                .file("/boot/vmlinuz-6.1.0-1-amd64", 0644, Content.utf8(kernel))),
                TIME)
            .tree();
    CommitInfo info = CommitInfo.of("v" + version, TIME).onBranch("edge").withVersion(version);
    return sysroot.repository().commit(tree, info, 2, Progress.none()).checksum();
  }

  private DeployReport deploy(Digest commit) throws IOException {
    return sysroot.deploy(
        "debian",
        commit,
        Optional.of("edge"),
        Optional.of(KernelCommandLine.of("root=PARTUUID=1", "rw")),
        2,
        Progress.none());
  }

  private String status() throws Exception {
    return Tool.output("ostree", "admin", "status", "--sysroot=" + root);
  }

  private Path etc(Deployment deployment) {
    return sysroot.directory(deployment).resolve("etc");
  }

  @Test
  void theLastDeployedIsStartedFirstAndTheOneBeforeStays() throws Exception {
    Deployment one = deploy(commit("1", "k1")).deployment();
    Deployment two = deploy(commit("2", "k1")).deployment();
    Deployment three = deploy(commit("3", "k2")).deployment();

    assertThat(sysroot.deployments()).containsExactly(three, two);
    assertThat(sysroot.directory(one)).doesNotExist();
    assertThat(root.resolve("boot/grub/grub.cfg"))
        .content()
        .containsSubsequence(three.name(), two.name());
  }

  @Test
  void changesOfEtcAreCarriedOverAndShadowedDefaultsAreNamed() throws Exception {
    Deployment one = deploy(commit("1", "k1")).deployment();
    Files.writeString(etc(one).resolve("app.conf"), "mine");
    Files.writeString(etc(one).resolve("added"), "mine");

    DeployReport two = deploy(commit("2", "k1"));

    assertThat(etc(two.deployment()).resolve("app.conf")).hasContent("mine");
    assertThat(etc(two.deployment()).resolve("added")).hasContent("mine");
    assertThat(etc(two.deployment()).resolve("other.conf")).hasContent("v2");
    assertThat(two.etc().orElseThrow().shadowed()).containsExactly(TreePath.of("/app.conf"));
  }

  @Test
  void rollbackStartsTheOneBefore() throws Exception {
    Deployment one = deploy(commit("1", "k1")).deployment();
    Deployment two = deploy(commit("2", "k2")).deployment();

    assertThat(sysroot.rollback()).isEqualTo(one);
    assertThat(sysroot.deployments()).containsExactly(one, two);
    sysroot.undeploy(1);
    assertThat(sysroot.deployments()).containsExactly(one);
    assertThatThrownBy(() -> sysroot.rollback())
        .isInstanceOf(IOException.class)
        .hasMessage("there is no other deployment to go back to");
  }

  @Test
  void theSameCommitIsDeployedTwiceSideBySide() throws Exception {
    Digest commit = commit("1", "k1");

    Deployment one = deploy(commit).deployment();
    Deployment two = deploy(commit).deployment();

    assertThat(two.name()).isEqualTo(commit + ".1");
    assertThat(sysroot.deployments()).containsExactly(two, one);
  }

  @Test
  void aMenuThatLagsBehindCatchesUpBeforeWhatItNamesIsRemoved() throws Exception {
    deploy(commit("1", "k1"));
    Digest two = commit("2", "k2");
    Path grub = root.resolve("boot/grub");
    HostCalls.load().setImmutable(grub.toString(), true);
    try {
      // both die between the new entries and the new menu
      assertThatThrownBy(() -> deploy(two)).hasMessageContaining("boot/grub");
      assertThatThrownBy(() -> sysroot.undeploy(1)).hasMessageContaining("boot/grub");
      assertThatThrownBy(() -> sysroot.cleanup()).hasMessageContaining("boot/grub");
      DeploymentsOnDisk.requireBootable(root);
    } finally {
      HostCalls.load().setImmutable(grub.toString(), false);
    }
    assertThat(sysroot.deployments()).hasSize(2);
    sysroot.undeploy(1);
    DeploymentsOnDisk.requireBootable(root);
    assertThat(sysroot.deployments()).extracting(Deployment::commit).containsExactly(two);
  }

  @Test
  void whatDiedBeforeItWasNamedIsLaidDownAnew() throws Exception {
    Path one = sysroot.directory(deploy(commit("1", "k1")).deployment());
    Digest two = commit("2", "k1");
    Path left = Files.createDirectory(one.resolveSibling(two.hex() + ".0"));
    Files.writeString(left.resolve("half"), "x");
    HostCalls.load().setImmutable(left.toString(), true);
    assertThat(sysroot.directory(deploy(two).deployment())).isEqualTo(left);
    assertThat(left.resolve("half")).doesNotExist();
    assertThat(left.resolve("etc")).isDirectory();
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void ostreeGoesOnWithOursAndWeWithIts() throws Exception {
    Deployment one = deploy(commit("1", "k1")).deployment();
    Files.writeString(etc(one).resolve("app.conf"), "mine");
    assertThat(status()).contains("debian " + one.name(), "Version: 1", "origin refspec: edge");
    commit("2", "k2");

    Tool.Result upgrade =
        Tool.run(
            Map.of("OSTREE_SYSROOT_DEBUG", "mutable-deployments"),
            "ostree",
            "admin",
            "upgrade",
            "--sysroot=" + root,
            "--os=debian");

    assertThat(upgrade.status()).as(upgrade.output()).isZero();
    assertThat(sysroot.deployments()).hasSize(2);
    Deployment theirs = sysroot.deployments().get(0);
    assertThat(theirs.title()).isEqualTo("Debian 2");
    assertThat(theirs.parameters()).isEqualTo(one.parameters());
    assertThat(etc(theirs).resolve("app.conf")).hasContent("mine");
    Deployment three = deploy(commit("3", "k2")).deployment();
    assertThat(sysroot.deployments()).containsExactly(three, theirs);
    assertThat(status()).containsSubsequence("Version: 3", "Version: 2");
    assertThat(Tool.output("ostree", "--repo=" + root + "/ostree/repo", "fsck"))
        .contains("object fsck of");
  }
}
