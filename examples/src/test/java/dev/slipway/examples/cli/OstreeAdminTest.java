// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.ostree.FittedTree;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code slipway ostree admin} on a directory that stands for a disk. */
@RequiresTool(value = "chattr", in = "e2fsprogs")
class OstreeAdminTest {
  @TempDir Path work;

  private Path sysroot;
  private OstreeShell shell;

  @BeforeEach
  void makeSysroot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "deployments are owned by root");
    sysroot = work.resolve("sysroot");
    shell = new OstreeShell(sysroot.resolve("ostree/repo"));
    shell.ok("admin", "init-fs", sysroot.toString());
  }

  @AfterEach
  void makeMutable() throws Exception {
    Path all = sysroot.resolve("ostree/deploy/debian/deploy");
    if (Files.isDirectory(all)) {
      try (var deployments = Files.newDirectoryStream(all, "*.?")) {
        for (Path each : deployments) {
          Tool.output("chattr", "-i", each.toString());
        }
      }
    }
  }

  private String at() {
    return "--sysroot=" + sysroot;
  }

  private String commit(String version) throws Exception {
    Tree debian =
        Tree.of(
            t ->
                t.file("/etc/app.conf", 0644, Content.utf8("level=" + version))
                    .file("/boot/vmlinuz-6.1", 0644, Content.utf8("kernel"))
                    .file("/boot/initrd.img-6.1", 0644, Content.utf8("initramfs"))
                    .directory("/usr/lib/modules/6.1/kernel", 0755)
                    .file(
                        "/usr/lib/os-release",
                        0644,
                        Content.utf8("PRETTY_NAME=Debian\nID=debian\n")));
    return shell.commit(FittedTree.of(debian, 1_700_000_000L).tree(), version);
  }

  @Test
  void deploysListsGoesBackAndRemoves() throws Exception {
    assertThat(shell.ok("admin", "status", at())).isEqualTo("No deployments.\n");
    assertThat(shell.json("admin", "status", "--json", at())).isEqualTo(List.of());
    shell.ok("admin", "os-init", at(), "debian");
    String one = commit("1");
    shell.ok(
        "admin", "deploy", at(), "--os=debian", "--karg=root=LABEL=x", "--karg=rw", "os/amd64");
    Files.writeString(
        sysroot.resolve("ostree/deploy/debian/deploy/" + one + ".0/etc/app.conf"), "mine");
    String two = commit("2");
    assertThat(shell.ok("admin", "deploy", at(), "os/amd64"))
        .startsWith("debian " + two + ".0\n")
        .contains("/etc/app.conf was changed here; its new default is not used");
    assertThat(shell.ok("admin", "status", at()))
        .containsSubsequence("debian " + two + ".0", "debian " + one + ".0");
    assertThat(shell.ok("admin", "rollback", at())).isEqualTo("next is debian " + one + ".0\n");
    assertThat((List<?>) shell.json("admin", "status", "--json", at()))
        .hasSize(2)
        .first()
        .isEqualTo(
            Map.of(
                "stateroot", "debian",
                "commit", one,
                "serial", 0L,
                "title", "Debian",
                "kernel", "6.1",
                "parameters", "root=LABEL=x rw",
                "origin", "os/amd64",
                "booted", "false"));
    assertThat(shell.ok("admin", "undeploy", at(), "1"))
        .isEqualTo("removed debian " + two + ".0\n");
    shell.ok("admin", "cleanup", at());
    assertThat(shell.ok("admin", "status", at())).contains(one).doesNotContain(two);
    assertThat(shell.fails("admin", "rollback", at())).contains("deployment");
    assertThat(shell.fails("admin", "undeploy", at(), "7")).contains("7");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    String nowhere = "--sysroot=" + work.resolve("nowhere");
    for (String command : List.of("status", "rollback", "cleanup", "os-init x", "undeploy 0")) {
      String[] words = ("admin " + nowhere + " " + command).split(" ");
      assertThat(shell.fails(words)).contains(work.resolve("nowhere").toString());
    }
    commit("1");
    assertThat(shell.fails("admin", "deploy", at(), "os/amd64"))
        .contains("nothing is deployed yet; say --os");
    assertThat(shell.fails("admin", "deploy", at(), "--os=debian", "os/amd64")).contains("debian");
    shell.ok("admin", "os-init", at(), "debian");
    assertThat(shell.fails("admin", "deploy", at(), "--os=debian", "nobody"))
        .contains("no ref or commit \"nobody\"");
    assertThat(shell.fails("admin", "os-init", at(), "../x")).contains("../x");
    String plain = shell.commit(OstreeShell.tree("x"), "no system");
    assertThat(shell.fails("admin", "deploy", at(), "--os=debian", plain))
        .contains("the tree has no /usr/etc");
    assertThat(shell.ok("admin", "status", at())).isEqualTo("No deployments.\n");
    assertThat(shell.run(2, "admin", "undeploy", at(), "last")).contains("last");
  }
}
