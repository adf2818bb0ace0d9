// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  private static final long AT = 1_700_000_000L;

  private static Tree normal(Tree tree) throws IOException {
    return Normalization.at(AT).apply(tree, ContentKeeper.inMemory());
  }

  private static Tree of(String... paths) {
    return Tree.of(
        t -> {
          for (String path : paths) {
            t.file(path, 0600, Content.utf8("something"));
          }
        });
  }

  @Test
  void whatIsOneMachinesOwnIsRemoved() throws IOException {
    Tree tree =
        of(
            "etc/ssh/ssh_host_rsa_key",
            "etc/ssh/ssh_host_ed25519_key.pub",
            "etc/ssh/sshd_config",
            "var/lib/systemd/random-seed",
            "var/lib/dbus/machine-id",
            "etc/machine-id");
    Tree normal = normal(tree);
    assertThat(normal.contains("etc/ssh/ssh_host_rsa_key")).isFalse();
    assertThat(normal.contains("etc/ssh/ssh_host_ed25519_key.pub")).isFalse();
    assertThat(normal.contains("etc/ssh/sshd_config")).isTrue();
    assertThat(normal.contains("var/lib/systemd/random-seed")).isFalse();
    assertThat(normal.contains("var/lib/dbus/machine-id")).isFalse();
    assertThat(normal.read("etc/machine-id")).isEmpty();
    Tree linked = Tree.of(t -> t.symlink("var/lib/dbus/machine-id", "/etc/machine-id"));
    assertThat(normal(linked).contains("var/lib/dbus/machine-id")).isTrue();
  }

  @Test
  void certificatesAndStorageNamesOfOneMachineAreRemoved() throws IOException {
    Tree normal =
        normal(
            of(
                    "etc/ssl/private/ssl-cert-snakeoil.key",
                    "etc/ssl/certs/ssl-cert-snakeoil.pem",
                    "etc/ssl/certs/other.pem",
                    "etc/nvme/hostid",
                    "etc/nvme/hostnqn",
                    "etc/iscsi/initiatorname.iscsi",
                    "etc/hostid")
                .with(
                    t ->
                        t.symlink("etc/ssl/certs/01234567.0", "ssl-cert-snakeoil.pem")
                            .symlink("etc/ssl/certs/89abcdef.0", "other.pem")));
    assertThat(normal.entries().keySet())
        .map(Object::toString)
        .filteredOn(path -> !normal.inode(path).map(Node.Directory.class::isInstance).get())
        .containsExactlyInAnyOrder("/etc/ssl/certs/other.pem", "/etc/ssl/certs/89abcdef.0");
  }

  @Test
  void noPasswordAsksToBeRenewed() throws IOException {
    Tree tree = Tree.of(t -> t.file("etc/shadow", 0640, Content.utf8("root:*:20000:0:::::\n")));
    for (long instant : new long[] {0, 86_399, 86_400}) {
      Tree normal = Normalization.at(instant).apply(tree, ContentKeeper.inMemory());
      assertThat(new String(normal.read("etc/shadow"), StandardCharsets.UTF_8))
          .isEqualTo("root:*:1:0:::::\n");
    }
  }

  @Test
  void recordsOfTheRunAreRemovedAndLogsEmptied() throws IOException {
    Tree normal =
        normal(
            of(
                "var/log/dpkg.log",
                "var/log/apt/term.log",
                "var/log/wtmp",
                "etc/passwd-",
                "etc/passwd",
                "var/lib/dpkg/status-old",
                "var/lib/dpkg/status",
                "var/lib/dpkg/lock",
                "run/x",
                "tmp/y"));
    assertThat(normal.entries().keySet())
        .map(Object::toString)
        .contains("/var/log/wtmp", "/etc/passwd", "/var/lib/dpkg/status", "/run", "/tmp");
    assertThat(normal.read("var/log/wtmp")).isEmpty();
    assertThat(normal.entries().keySet())
        .map(Object::toString)
        .doesNotContain(
            "/var/log/dpkg.log",
            "/var/log/apt/term.log",
            "/etc/passwd-",
            "/var/lib/dpkg/status-old",
            "/var/lib/dpkg/lock",
            "/run/x",
            "/tmp/y");
  }

  @Test
  void noFileIsYoungerThanTheInstant() throws IOException {
    Tree tree =
        Tree.of(
            t ->
                t.put(
                        TreePath.of("young"),
                        new RegularFile(Metadata.mode(0644).withMtime(AT + 1, 5), Content.EMPTY))
                    .put(
                        TreePath.of("edge"),
                        new RegularFile(Metadata.mode(0644).withMtime(AT, 1), Content.EMPTY))
                    .put(
                        TreePath.of("old"),
                        new RegularFile(
                            Metadata.mode(0644).withMtime(AT - 1, 999_999_999), Content.EMPTY)));
    Tree normal = normal(tree);
    assertThat(normal.inode("young").orElseThrow().metadata())
        .isEqualTo(Metadata.mode(0644).withMtime(AT, 0));
    assertThat(normal.inode("edge").orElseThrow().metadata())
        .isEqualTo(Metadata.mode(0644).withMtime(AT, 0));
    assertThat(normal.inode("old").orElseThrow().metadata())
        .isEqualTo(Metadata.mode(0644).withMtime(AT - 1, 999_999_999));
  }

  @Test
  void passwordsAreAsOldAsTheInstant() throws IOException {
    Tree tree =
        Tree.of(
            t ->
                t.file(
                    "etc/shadow",
                    0640,
                    Content.utf8(
                        "root:*:20000:0:99999:7:::\nfresh:!:0:::::\nnone:!::::::\nodd\n")));
    assertThat(new String(normal(tree).read("etc/shadow"), StandardCharsets.UTF_8))
        .isEqualTo("root:*:19675:0:99999:7:::\nfresh:!:0:::::\nnone:!::::::\nodd\n");
  }

  @Test
  void twiceIsOnce() throws IOException {
    Tree once = normal(of("var/log/wtmp", "etc/machine-id", "etc/shadow", "usr/bin/x"));
    assertThat(normal(once)).isEqualTo(once);
  }
}
