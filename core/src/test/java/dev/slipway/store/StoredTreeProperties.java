// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.testing.GeneratedTree;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBytes;
import dev.slipway.tree.TreeDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

final class StoredTreeProperties {
  private static Path directory;

  @BeforeContainer
  static void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("stored-trees");
  }

  @AfterContainer
  static void removeDirectory() throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 200)
  void comesBackEqualFromAnotherRun(@ForAll long seed) throws IOException {
    Tree tree = GeneratedTree.of(seed);
    StoredTree stored;
    try (Store store = Store.open(directory)) {
      stored = StoredTree.write(store, tree, "tree");
      assertThat(StoredTree.write(store, tree, "tree")).isEqualTo(stored);
    }
    try (Store store = Store.open(directory)) {
      Tree read = StoredTree.read(store, stored.digest());
      assertThat(TreeDifference.between(tree, read).toString()).isEqualTo("no difference");
      assertThat(TreeBytes.digest(read)).isEqualTo(TreeBytes.digest(tree));
      for (Node node : read.entries().values()) {
        if (node instanceof RegularFile file) {
          assertThat(Digest.of(file.content())).isEqualTo(file.content().digest());
        }
      }
      // What lies in packs stays there, and the same metadata comes out.
      assertThat(StoredTree.write(store, read, "tree")).isEqualTo(stored);
    }
  }

  private static Tree decode(byte[] bytes) throws FormatException {
    ByteSource nowhere =
        () -> {
          throw new IOException("not read here");
        };
    return TreeBytes.decode(bytes, "t", (index, size, digest, data) -> nowhere);
  }

  @Property(tries = 100)
  void bytesRoundTrip(@ForAll long seed) throws IOException {
    Tree tree = GeneratedTree.of(seed);
    byte[] bytes = TreeBytes.encode(tree);
    assertThat(decode(bytes)).isEqualTo(tree);
    assertThat(TreeBytes.encode(decode(bytes))).isEqualTo(bytes);
    assertThat(TreeBytes.contents(decode(bytes))).isEqualTo(TreeBytes.contents(tree));
  }

  @Property(tries = 60)
  void cutOrAlteredBytesGiveATreeOrAFormatException(@ForAll long seed) throws IOException {
    byte[] bytes = TreeBytes.encode(GeneratedTree.of(seed));
    var random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      byte[] broken = Arrays.copyOf(bytes, i < 50 ? random.nextInt(bytes.length) : bytes.length);
      if (i >= 50) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(decode(broken).size()).isPositive();
        assertThat(i).as("a cut").isGreaterThanOrEqualTo(50);
      } catch (FormatException e) {
        assertThat(e.getMessage()).startsWith("t: before byte ");
      }
    }
  }

  /** The second path takes more of the first one than there is of it: the zeros behind it. */
  @Example
  void aPathSharesNoMoreThanThereIs() {
    byte[] bytes = TreeBytes.encode(Tree.of(t -> t.symlink("/a", "x")));
    int second = bytes.length - 1;
    while (bytes[second] != 'a' || bytes[second - 1] != 1 || bytes[second - 2] != 0) {
      second--;
    }
    bytes[second - 2] = 1;
    assertThatThrownBy(() -> decode(bytes))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a path of 1 + 1 bytes");
  }

  @Example
  void digestTellsTreesApart() {
    Tree tree = Tree.of(t -> t.file("/a", 0644, Content.utf8("x")).symlink("/b", "a"));
    assertThat(TreeBytes.digest(tree))
        .isEqualTo(TreeBytes.digest(Tree.of(t -> t.overlay(tree))))
        .isNotEqualTo(TreeBytes.digest(tree.with(t -> t.symlink("/b", "c"))))
        .isNotEqualTo(TreeBytes.digest(tree.with(t -> t.file("/a", 0644, Content.utf8("y")))))
        .isNotEqualTo(TreeBytes.digest(tree.with(t -> t.hardLink("/c", "/a"))));
  }
}
