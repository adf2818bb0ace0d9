// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever is cut, flipped or made up: one clear error, no loops, no endless memory. */
class Ext4BrokenInputTest {
  private static byte[] image;

  @BeforeAll
  static void makeImage() throws Exception {
    Tree tree =
        Tree.of(
            t -> {
              t.file("/a/file", 0644, Content.utf8("text"))
                  .symlink("/long", "x".repeat(100))
                  .file("/extents", 0644, SampleTrees.sparse(400 * 8192, everySecond(400)))
                  .put(
                      dev.slipway.tree.TreePath.of("/attributes"),
                      new RegularFile(
                          dev.slipway.tree.Metadata.mode(0644)
                              .withXattrs(
                                  dev.slipway.tree.Xattrs.of(
                                      Map.of("user.a", SampleTrees.filled(500, 1)))),
                          Content.EMPTY));
              for (int i = 0; i < 300; i++) {
                t.file("/many/a-name-of-some-length-" + i, 0644, Content.EMPTY);
              }
            });
    image = Referee.bytes(Ext4.of(tree, Referee.READ_ONLY));
  }

  private static List<Content.Range> everySecond(int count) {
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(i -> new Content.Range(8192L * i, 100))
        .toList();
  }

  @Test
  void aCutImageIsRefused() {
    for (int length = 0; length < image.length; length += length < 4096 ? 97 : 4096) {
      byte[] cut = Arrays.copyOf(image, length);
      assertThatThrownBy(() -> Ext4.read(BlockSource.bytes(cut), "cut"))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void everyFlippedBitOfTheMetadataIsNoticedOrHarmless() throws Exception {
    Tree whole = Ext4.read(BlockSource.bytes(image), "whole");
    var random = new Random(1);
    int noticed = 0;
    for (int i = 0; i < 3000; i++) {
      int at = random.nextInt(Math.min(image.length, 60 * 4096));
      byte[] flipped = image.clone();
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      try {
        Tree read = Ext4.read(BlockSource.bytes(flipped), "flipped");
        assertThat(read.entries().keySet()).isEqualTo(whole.entries().keySet());
      } catch (FormatException e) {
        noticed++;
      }
    }
    assertThat(noticed).isPositive();
  }

  @Test
  void attributesThatShareTheirBytesAreRefused() throws Exception {
    assertThat(attributes(2, 500)).containsOnlyKeys("user.a", "user.b");
    assertThatThrownBy(() -> attributes(3, 500))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("e_value_size: values overlap: together they exceed their area");
  }

  /** So many attributes whose values are the last bytes of an area of 1 KiB, all the same. */
  private static Map<String, byte[]> attributes(int count, int size) throws FormatException {
    ByteBuffer area = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      area.put((byte) 1).put((byte) 1); // e_name_len, e_name_index: user
      area.putShort((short) (1024 - size)).putInt(0).putInt(size).putInt(0);
      area.put((byte) ('a' + i)).put(new byte[3]);
    }
    var found = new TreeMap<String, byte[]>();
    StructReader raw = StructReader.littleEndian("area", 0, area.array());
    XattrReader.readEntries(raw, 0, 0, 1024, found);
    return found;
  }

  @Test
  void namesTheStructureWhoseChecksumIsWrong() {
    assertMessage(0x400 + 0x78, "byte 2044: s_checksum: checksum: found 0x");
    assertMessage(4096 + 0x0c, "group 0: bg_checksum: checksum: found 0x");
    int table = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(4096 + 8) * 4096;
    assertMessage(table + 256 + 0x10, "inode 2: i_checksum: checksum: found 0x");
    int root = blockOf(table + 256) * 4096;
    assertMessage(root + 30, "inode 2: det_checksum: checksum: found 0x");
  }

  private static int blockOf(int inode) {
    return ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(inode + 0x28 + 20);
  }

  private void assertMessage(int offset, String message) {
    byte[] flipped = image.clone();
    flipped[offset] ^= 1;
    assertThatThrownBy(() -> Ext4.read(BlockSource.bytes(flipped), "flipped"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("flipped: ")
        .hasMessageContaining(message);
  }

  /** Without checksums nothing protects the reader but its own care. */
  @Test
  void anythingGoesWithoutChecksumsButTheReaderSurvives() throws Exception {
    byte[] bare = image.clone();
    ByteBuffer raw = ByteBuffer.wrap(bare).order(ByteOrder.LITTLE_ENDIAN);
    raw.putInt(0x400 + 0x64, raw.getInt(0x400 + 0x64) & ~Ext4Constants.RO_COMPAT_METADATA_CSUM);
    Ext4.read(BlockSource.bytes(bare), "bare");
    var random = new Random(2);
    int broken = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] flipped = bare.clone();
      for (int flips = random.nextInt(4) + 1; flips > 0; flips--) {
        int at = 1024 + random.nextInt(Math.min(image.length, 60 * 4096) - 1024);
        flipped[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : flipped[at] ^ 1);
      }
      try {
        readAll(Ext4.read(BlockSource.bytes(flipped), "flipped"));
      } catch (FormatException e) {
        broken++;
      }
    }
    assertThat(broken).isPositive();
  }

  private static void readAll(Tree tree) throws IOException {
    for (var node : tree.entries().values()) {
      if (node instanceof RegularFile file && file.content().sizeBytes() < 1 << 24) {
        assertThat(file.content().readAll()).hasSize((int) file.content().sizeBytes());
      }
    }
  }

  @Test
  void aDirectoryInsideItselfIsRefused() {
    byte[] bare = withoutChecksums();
    ByteBuffer raw = ByteBuffer.wrap(bare).order(ByteOrder.LITTLE_ENDIAN);
    int table = raw.getInt(4096 + 8) * 4096;
    int root = raw.getInt(table + 256 + 0x28 + 20) * 4096;
    raw.putInt(root + 24, 2); // the first name after the dots now leads to the root again
    assertThatThrownBy(() -> Ext4.read(BlockSource.bytes(bare), "loop"))
        .isInstanceOf(FormatException.class)
        .hasMessageMatching("loop: inode 2: /.* and / are the same directory");
  }

  @Test
  void anExtentTreeThatLeadsBackToItselfIsRefused() throws Exception {
    byte[] bare = withoutChecksums();
    ByteBuffer raw = ByteBuffer.wrap(bare).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 4096; at < bare.length; at += 4096) {
      if ((raw.getShort(at) & 0xffff) == ExtentTree.MAGIC && raw.getShort(at + 6) == 0) {
        raw.putInt(at + 12 + 8, at / 4096); // the first extent is the node itself
        raw.putShort(at + 12 + 6, (short) 0);
        break;
      }
    }
    assertThatThrownBy(() -> Ext4.read(BlockSource.bytes(bare), "loop"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is in use already");
  }

  @Test
  void anUnreplayedJournalIsRefused() {
    byte[] bare = withoutChecksums();
    bare[0x400 + 0x60] |= (byte) Ext4Constants.INCOMPAT_RECOVER;
    assertThatThrownBy(() -> Ext4.read(BlockSource.bytes(bare), "data"))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "data: byte 1120: s_feature_incompat: the journal has not been replayed; mount it or"
                + " run e2fsck first");
  }

  private static byte[] withoutChecksums() {
    byte[] bare = image.clone();
    bare[0x400 + 0x65] &= (byte) ~(Ext4Constants.RO_COMPAT_METADATA_CSUM >>> 8);
    return bare;
  }
}
