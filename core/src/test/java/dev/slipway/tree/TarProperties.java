// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import static dev.slipway.tree.TarTest.tar;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.testing.GeneratedTree;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

final class TarProperties {

  private static Tree read(byte[] tar) throws IOException {
    return TarReader.read(new ByteArrayInputStream(tar), "t.tar", ContentKeeper.inMemory());
  }

  @Property(tries = 300)
  void readsWhatItWrites(@ForAll long seed) throws IOException {
    Tree tree = GeneratedTree.withoutSockets(seed);
    byte[] tar = tar(tree);
    assertThat(TarWriter.of(tree).sizeBytes()).isEqualTo(tar.length);
    Tree read = read(tar);
    assertThat(TreeDifference.between(tree, read).toString()).isEqualTo("no difference");
    assertThat(TreeBytes.digest(read)).as("holes too").isEqualTo(TreeBytes.digest(tree));
    assertThat(tar(read)).isEqualTo(tar);
  }

  /** A reader of other people's, in whose eyes nothing may be lost. */
  @Property(tries = 300)
  void commonsCompressReadsIt(@ForAll long seed) throws IOException {
    Tree tree = GeneratedTree.withoutSockets(seed);
    int count = 0;
    try (var in =
        new TarArchiveInputStream(new ByteArrayInputStream(tar(tree)), 512, 512, "UTF-8")) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        TreePath path = TreePath.of(e.getName());
        Node node = tree.node(path).orElseThrow();
        count++;
        if (node instanceof HardLink link) {
          assertThat(e.isLink()).isTrue();
          assertThat(TreePath.of(e.getLinkName())).isEqualTo(link.target());
          continue;
        }
        Metadata metadata = ((Inode) node).metadata();
        assertThat(e.getMode() & 07777).isEqualTo(metadata.mode());
        assertThat(e.getLongUserId()).isEqualTo(metadata.uid());
        assertThat(e.getLongGroupId()).isEqualTo(metadata.gid());
        assertThat(e.getLastModifiedTime().toInstant())
            .isEqualTo(
                java.time.Instant.ofEpochSecond(metadata.mtimeSeconds(), metadata.mtimeNanos()));
        if (node instanceof Symlink link) {
          assertThat(e.getLinkName()).isEqualTo(link.target());
        } else if (node instanceof Special special) {
          assertThat(e.getDevMajor()).isEqualTo(special.major());
          assertThat(e.getDevMinor()).isEqualTo(special.minor());
        } else if (node instanceof RegularFile file) {
          assertThat(e.getRealSize()).isEqualTo(file.content().sizeBytes());
          assertThat(Digest.of(in)).isEqualTo(file.content().digest());
        } else {
          assertThat(e.isDirectory()).isTrue();
        }
      }
    }
    assertThat(count).isEqualTo(tree.size());
  }

  @Property(tries = 20)
  void everyCutIsNoticed(@ForAll long seed) throws IOException {
    byte[] tar = tar(GeneratedTree.withoutSockets(seed));
    int content = tar.length;
    while (content > 0 && tar[content - 1] == 0) {
      content--;
    }
    int end = (content + 511) / 512 * 512;
    var random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      int cut = i < 3 ? i * end / 2 : random.nextInt(end);
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> read(Arrays.copyOf(tar, cut)))
          .isExactlyInstanceOf(FormatException.class)
          .hasMessageStartingWith("t.tar: entry ");
    }
  }

  @Property(tries = 25)
  void alteredArchivesGiveATreeOrAFormatException(@ForAll long seed) throws IOException {
    byte[] tar = tar(GeneratedTree.withoutSockets(seed));
    var random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      byte[] broken = tar.clone();
      for (int j = 0; j <= random.nextInt(4); j++) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      // A sum that fits lets the alteration through to the code behind the check.
      for (int block = 0; block + 512 <= broken.length; block += 512) {
        if (broken[block + 257] == 'u' && broken[block + 258] == 's') {
          withChecksum(broken, block);
        }
      }
      try {
        assertThat(read(broken).size()).isPositive();
      } catch (FormatException e) {
        assertThat(e.getMessage()).startsWith("t.tar: entry ");
      }
    }
  }

  static void withChecksum(byte[] tar, int block) {
    Arrays.fill(tar, block + 148, block + 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[block + i] & 0xff;
    }
    byte[] octal = String.format("%06o", sum).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(octal, 0, tar, block + 148, 6);
    tar[block + 154] = 0;
  }
}
