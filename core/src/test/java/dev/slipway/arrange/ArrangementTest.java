// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrangementTest {
  private static final long TIME = 1_700_000_000;

  /** A small configured system with one of everything. */
  private static final Tree SYSTEM =
      Tree.of(
          t -> {
            t.file(
                "/etc/passwd",
                0644,
                Content.utf8(
                    "root:x:0:0:root:/root:/bin/bash\nmessagebus:x:101:102:The \"bus\":/nonexistent:/usr/sbin/nologin\n"));
            t.file(
                "/etc/group",
                0644,
                Content.utf8("root:x:0:\nadm:x:4:messagebus\nmessagebus:x:102:\n"));
            t.file(
                "/etc/shadow",
                0640,
                Content.utf8("root:*:19675:0:99999:7:::\nmessagebus:!:19675::::::\n"));
            t.file(
                "/etc/gshadow",
                0640,
                Content.utf8("root:*::\nadm:*::messagebus\nmessagebus:!::\n"));
            t.file("/etc/ssh/ssh_host_rsa_key", 0600, Content.utf8("secret"));
            t.file("/etc/ssh/sshd_config", 0644, Content.utf8("\n"));
            t.file("/etc/machine-id", 0444, Content.utf8("0123456789abcdef0123456789abcdef\n"));
            t.file("/var/lib/dpkg/status", 0644, Content.utf8("Package: a\n"));
            t.file("/var/lib/dpkg/info/a.list", 0644, Content.utf8("/.\n"));
            t.put(
                TreePath.of("/var/lib/bus"),
                new Directory(Metadata.mode(0750).withOwner(101, 102)));
            t.put(
                TreePath.of("/var/lib/bus/a b%c"),
                new RegularFile(Metadata.mode(0600).withOwner(101, 102), Content.utf8("x")));
            t.hardLink("/var/lib/bus/again", "/var/lib/bus/a b%c");
            t.symlink("/var/run", "/run");
            t.put(
                TreePath.of("/var/spool/pipe"),
                new Special(Metadata.mode(0622), Special.Kind.FIFO, 0, 0));
            t.put(TreePath.of("/root"), new Directory(Metadata.mode(0700)));
            t.file("/root/.profile", 0644, Content.utf8("p"));
            t.directory("/home", 0755);
            t.file(
                "/usr/lib/tmpfiles.d/var.conf",
                0644,
                Content.utf8("L /var/run - - - - ../run\nd /var/spool 0755 - - -\n"));
            t.file("/usr/lib/systemd/system/apt-daily.timer", 0644, Content.utf8("[Timer]\n"));
          });

  private static String text(Tree tree, String path) throws IOException {
    return new String(tree.read(path), StandardCharsets.UTF_8);
  }

  @Test
  void leavesMountPointsEmptyAndKeepsTheirMetadata() throws IOException {
    Tree tree = Arrangement.of(SYSTEM, TIME).tree();
    for (String kept : Arrangement.KEPT) {
      assertThat(tree.children(TreePath.of(kept))).as(kept).isEmpty();
      assertThat(tree.inode(kept).orElseThrow()).isInstanceOf(Directory.class);
    }
    assertThat(tree.inode("/root").orElseThrow().metadata().mode()).isEqualTo(0700);
    assertThat(tree.inode("/data").orElseThrow()).isInstanceOf(Directory.class);
  }

  @Test
  void describesEverythingThatWasThere() throws IOException {
    Arrangement arranged = Arrangement.of(SYSTEM, TIME);
    assertThat(text(arranged.tree(), "/usr/lib/tmpfiles.d/slipway-factory.conf").lines().skip(1))
        .containsExactly(
            "d /home 0755 0 0 -",
            "d /root 0700 0 0 -",
            "C /root/.profile 0644 0 0 - /usr/share/factory/root/.profile",
            "d /var 0755 0 0 -",
            "d /var/lib 0755 0 0 -",
            "d /var/lib/bus 0750 101 102 -",
            "C \"/var/lib/bus/a b%%c\" 0600 101 102 - /usr/share/factory/var/lib/bus/a b%%c",
            "C /var/lib/bus/again 0600 101 102 - /usr/share/factory/var/lib/bus/again",
            "p /var/spool/pipe 0622 0 0 -");
    assertThat(text(arranged.tree(), "/usr/share/factory/var/lib/bus/again")).isEqualTo("x");
    assertThat(arranged.factoryPaths())
        .contains(TreePath.of("/var/run"), TreePath.of("/var/lib/bus/again"));
  }

  @Test
  void movesThePackageDatabaseIntoTheRelease() throws IOException {
    Tree tree = Arrangement.of(SYSTEM, TIME).tree();
    assertThat(text(tree, "/usr/lib/sysimage/dpkg/status")).isEqualTo("Package: a\n");
    assertThat(text(tree, "/usr/lib/sysimage/dpkg/info/a.list")).isEqualTo("/.\n");
    assertThat(text(tree, "/usr/lib/tmpfiles.d/slipway-dpkg.conf"))
        .isEqualTo("L+ /var/lib/dpkg - - - - ../../usr/lib/sysimage/dpkg\n");
    assertThat(tree.contains("/usr/share/factory/var/lib/dpkg")).isFalse();
  }

  @Test
  void describesUsersWithTheirNumbers() throws IOException {
    Tree tree = Arrangement.of(SYSTEM, TIME).tree();
    assertThat(text(tree, "/usr/lib/slipway/users.conf").lines().skip(1))
        .containsExactly(
            "g root 0",
            "g adm 4",
            "g messagebus 102",
            "u root 0:0 \"root\" /root /bin/bash",
            "u messagebus 101:102 \"The \\\"bus\\\"\" /nonexistent /usr/sbin/nologin",
            "m messagebus adm");
    assertThat(tree.contains("/usr/lib/systemd/system/sysinit.target.wants/slipway-users.service"))
        .isTrue();
  }

  @Test
  void takesOutWhatBelongsToAMachine() throws IOException {
    Tree tree = Arrangement.readied(SYSTEM, TIME);
    assertThat(tree.contains("/etc/ssh/ssh_host_rsa_key")).isFalse();
    assertThat(tree.contains("/etc/ssh/sshd_config")).isTrue();
    assertThat(tree.read("/etc/machine-id")).isEmpty();
    assertThat(tree.inode("/etc/mtab").orElseThrow()).isInstanceOf(Symlink.class);
    assertThat(((Symlink) tree.inode("/etc/systemd/system/apt-daily.timer").orElseThrow()).target())
        .isEqualTo("/dev/null");
  }

  @Test
  void givesEverythingItAddsTheOneTime() throws IOException {
    Tree before =
        SYSTEM.mapped((path, inode) -> inode.withMetadata(inode.metadata().withMtime(5, 0)));
    Tree after = Arrangement.of(Arrangement.readied(before, TIME), TIME).tree();
    after.entries().keySet().stream()
        .map(path -> after.inode(path).orElseThrow())
        .forEach(inode -> assertThat(inode.metadata().mtimeSeconds()).isIn(5L, TIME));
  }

  @Test
  void isAFunctionOfItsInput() throws IOException {
    assertThat(Arrangement.of(SYSTEM, TIME).tree()).isEqualTo(Arrangement.of(SYSTEM, TIME).tree());
  }

  @Test
  void worksOnATreeWithoutAnything() throws IOException {
    Tree tree = Arrangement.of(Arrangement.readied(Tree.empty(), TIME), TIME).tree();
    assertThat(tree.contains("/var")).isTrue();
    assertThat(tree.contains("/usr/lib/slipway/users.conf")).isFalse();
  }

  @Test
  void accountsKeepTheirNumbersAndMakeWhatIsMissing() throws IOException {
    Accounts accounts = Accounts.of(SYSTEM);
    long uid = accounts.freePersonId(java.util.Set.of(1000L));
    assertThat(uid).isEqualTo(1001);
    Accounts changed =
        accounts
            .withUser(
                new Accounts.User("anna", uid, uid, "", "/home/anna", "/bin/sh"),
                java.util.Optional.of("$6$x$y"))
            .withMember("adm", "anna", 998)
            .withMember("robots", "anna", 999);
    Tree tree = changed.into(SYSTEM);
    assertThat(text(tree, "/etc/passwd")).endsWith("anna:x:1001:1001::/home/anna:/bin/sh\n");
    assertThat(text(tree, "/etc/group"))
        .contains("adm:x:4:messagebus,anna\n")
        .contains("anna:x:1001:\n")
        .endsWith("robots:x:999:anna\n");
    assertThat(text(tree, "/etc/shadow")).endsWith("anna:$6$x$y::0:99999:7:::\n");
    assertThat(text(tree, "/etc/gshadow"))
        .contains("adm:*::messagebus,anna\n")
        .endsWith("robots:*::anna\n");
    assertThat(tree.inode("/etc/shadow").orElseThrow().metadata().mode()).isEqualTo(0640);
    assertThat(Accounts.of(tree)).isEqualTo(changed);
    assertThat(List.of(changed.uid("anna"), changed.uid("7"), changed.gid("robots")))
        .containsExactly(1001L, 7L, 999L);
  }
}
