// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IdMapTest {
  private static final String ACL = "system.posix_acl_access";

  private static IdTable table(Map<String, Long> users, Map<String, Long> groups) {
    return new IdTable(new TreeMap<>(users), new TreeMap<>(groups));
  }

  private static Tree tree(String passwd, String group) {
    return Tree.of(
        t ->
            t.file("etc/passwd", 0644, Content.utf8(passwd))
                .file("etc/group", 0644, Content.utf8(group)));
  }

  private static RegularFile owned(long uid, long gid) {
    return new RegularFile(Metadata.mode(0600).withOwner(uid, gid), Content.EMPTY);
  }

  private static String text(Tree tree, String path) throws IOException {
    return new String(tree.read(path), StandardCharsets.UTF_8);
  }

  @Test
  void lockedNumbersReachOwnersAndFiles() throws IOException {
    Tree before =
        tree(
                "root:x:0:0::/root:/bin/sh\nsshd:x:101:65534::/run/sshd:/bin/false\nmessagebus:x:100:102::/:/bin/false\n",
                "root:x:0:\nmessagebus:x:102:\n_ssh:x:101:\n")
            .with(
                t ->
                    t.put(TreePath.of("bus"), owned(100, 102))
                        .put(TreePath.of("ssh"), owned(101, 101))
                        .put(TreePath.of("other"), owned(0, 65534)))
            .with(
                t ->
                    t.file(
                        "etc/subuid",
                        0644,
                        Content.utf8("101:200000:65536\nmessagebus:300000:65536\n")));
    IdMap map =
        IdMap.of(
            IdTable.of(before),
            table(Map.of("messagebus", 101L, "sshd", 100L), Map.of("messagebus", 101L)));
    Tree after = map.apply(before, ContentKeeper.inMemory());
    assertThat(after.inode("bus").orElseThrow().metadata())
        .isEqualTo(Metadata.mode(0600).withOwner(101, 101));
    assertThat(after.inode("ssh").orElseThrow().metadata())
        .isEqualTo(Metadata.mode(0600).withOwner(100, 100));
    assertThat(after.inode("other").orElseThrow().metadata())
        .isEqualTo(Metadata.mode(0600).withOwner(0, 65534));
    assertThat(text(after, "etc/passwd"))
        .isEqualTo(
            "root:x:0:0::/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\nmessagebus:x:101:101::/:/bin/false\n");
    assertThat(text(after, "etc/group")).isEqualTo("root:x:0:\nmessagebus:x:101:\n_ssh:x:100:\n");
    assertThat(text(after, "etc/subuid")).isEqualTo("100:200000:65536\nmessagebus:300000:65536\n");
    assertThat(map.table()).isEqualTo(IdTable.of(after));
  }

  @Test
  void newNamesTakeNoNumberOfANameThatWasGone() throws IOException {
    Tree before =
        tree(
            "newcomer:x:100:100::/:/bin/false\nrobot:x:1000:1000::/home/robot:/bin/sh\n",
            "newcomer:x:100:\nrobot:x:1000:\n");
    IdTable locked =
        table(Map.of("removed", 100L, "also-removed", 101L, "person", 1000L), Map.of());
    IdMap map = IdMap.of(IdTable.of(before), locked);
    assertThat(map.table().users())
        .containsExactly(Map.entry("newcomer", 102L), Map.entry("robot", 1001L));
    assertThat(map.table().groups())
        .containsExactly(Map.entry("newcomer", 100L), Map.entry("robot", 1000L));
    assertThat(locked.with(map.table()).users())
        .containsEntry("removed", 100L)
        .containsEntry("newcomer", 102L);
  }

  @Test
  void fixedNumbersStayUnlessLocked() {
    IdMap map =
        IdMap.of(
            table(Map.of("games", 5L, "nobody", 65534L), Map.of("staff", 50L)),
            table(Map.of("x", 5L), Map.of("staff", 51L)));
    assertThat(map.table())
        .isEqualTo(table(Map.of("games", 5L, "nobody", 65534L), Map.of("staff", 51L)));
  }

  @Test
  void accessListsAreRenumberedAndSorted() throws IOException {
    // version 2; user::rw-, user:100:r--, user:101:rw-, group::r--, group:4:r--, mask::rw-,
    // other::---
    byte[] list =
        HexFormat.of()
            .parseHex(
                "02000000"
                    + "01000600ffffffff"
                    + "0200040064000000"
                    + "0200060065000000"
                    + "04000400ffffffff"
                    + "0800040004000000"
                    + "10000600ffffffff"
                    + "20000000ffffffff");
    Tree before =
        tree("a:x:100:0::/:/\nb:x:101:0::/:/\n", "adm:x:4:\n")
            .with(
                t ->
                    t.put(
                        TreePath.of("log"),
                        new RegularFile(
                            Metadata.mode(0660)
                                .withXattrs(
                                    Xattrs.of(Map.of(ACL, list, "user.note", new byte[] {1}))),
                            Content.EMPTY)));
    Tree after =
        IdMap.of(IdTable.of(before), table(Map.of("a", 300L), Map.of("adm", 7L)))
            .apply(before, ContentKeeper.inMemory());
    Map<String, byte[]> xattrs = after.inode("log").orElseThrow().metadata().xattrs().asMap();
    assertThat(xattrs.get(ACL))
        .isEqualTo(
            HexFormat.of()
                .parseHex(
                    "02000000"
                        + "01000600ffffffff"
                        + "0200060065000000"
                        + "020004002c010000"
                        + "04000400ffffffff"
                        + "0800040007000000"
                        + "10000600ffffffff"
                        + "20000000ffffffff"));
    assertThat(xattrs.get("user.note")).isEqualTo(new byte[] {1});
  }

  @Test
  void nothingLockedChangesNothing() throws IOException {
    Tree before = tree("a:x:100:100::/:/\n", "a:x:100:\n");
    assertThat(IdMap.of(IdTable.of(before), IdTable.EMPTY).apply(before, ContentKeeper.inMemory()))
        .isSameAs(before);
  }
}
