// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.disk.RecognisedImage;
import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.io.EOFException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SquashfsTest {
  private static final SquashfsOptions PLAIN = Samples.options(SquashfsCompression.NONE);

  @TempDir Path temp;

  @Test
  void theSmallestImageIsWhatTheSpecificationSays() throws Exception {
    byte[] image = Samples.bytes(Tree.empty(), SquashfsOptions.of(SquashfsCompression.NONE, 7));
    String hex = HexFormat.of().formatHex(image, 0, 190);
    assertThat(hex)
        .isEqualTo(
            "68737173" // hsqs
                + "01000000" // one inode
                + "07000000" // made at
                + "00000200" // block size
                + "00000000" // fragments
                + "0100" // gzip
                + "1100" // 2^17
                + "cb0b" // plain, duplicates, exportable, no attributes
                + "0100" // one id
                + "04000000" // 4.0
                + "0000000000000000" // root inode
                + "a200000000000000" // bytes used
                + "9a00000000000000" // ids
                + "ffffffffffffffff" // attributes
                + "6000000000000000" // inodes
                + "8200000000000000" // directories
                + "8200000000000000" // fragments
                + "8c00000000000000" // by number
                // the root: header of the block, then the inode
                + "2080"
                + "0100ed010000000000000000"
                + "01000000"
                + "00000000020000000300000002000000"
                // numbers to inodes, and their index
                + "0880"
                + "0000000000000000"
                + "8200000000000000"
                // ids, and their index
                + "0480"
                + "00000000"
                + "9400000000000000"
                // padding
                + "00".repeat(28));
    assertThat(image).hasSize(4096);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP", "XZ", "ZSTD"})
  void oneOfEverythingComesBack(SquashfsCompression compression) throws Exception {
    Tree tree = Samples.everything();
    byte[] image = Samples.bytes(tree, Samples.options(compression), 2);
    Samples.assertSame(tree, Samples.read(image));
  }

  @Test
  void theBytesOfOneOfEverythingAreKnown() throws Exception {
    assertThat(
            List.of(
                digest(SquashfsCompression.NONE),
                digest(SquashfsCompression.GZIP),
                digest(SquashfsCompression.XZ),
                digest(SquashfsCompression.ZSTD)))
        .containsExactly(
            "e1398ccfef0c0d80", "26cbb5a37b5a3d66", "236277dcec9a968b", "830ae92c8264a379");
  }

  private static String digest(SquashfsCompression compression) throws Exception {
    byte[] image = Samples.bytes(Samples.everything(), Samples.options(compression));
    return Digest.of(image).hex().substring(0, 16);
  }

  @Test
  void sameContentsAreStoredOnce() throws Exception {
    byte[] noise = Samples.noise(1 << 18, 1);
    Tree one = Tree.of(t -> t.file("/a", 0644, Content.bytes(noise)));
    Tree three = one.with(t -> t.file("/b", 0600, Content.bytes(noise)).hardLink("/c", "/a"));
    assertThat(Samples.bytes(three, PLAIN)).hasSameSizeAs(Samples.bytes(one, PLAIN));
  }

  @Test
  void holesTakeNoSpaceAndAreKnownAsHoles() throws Exception {
    byte[] image = Samples.bytes(Samples.everything(), PLAIN);
    Tree read = Samples.read(image);
    var file = (Node.RegularFile) read.inode("/holes").orElseThrow();
    int block = PLAIN.blockBytes();
    assertThat(file.content().data())
        .containsExactly(new Content.Range(2 * block, block), new Content.Range(5 * block, block));
  }

  @Test
  void plainBlocksAreExtents() throws Exception {
    Volume volume =
        Squashfs.pack(Samples.everything(), PLAIN, temp.resolve("image"), 2, Progress.none());
    List<Extent> extents = volume.extents();
    assertThat(extents).extracting(Extent::path).contains("/block", "/a-name-of-small", "/holes");
    try (BlockSource in = volume.open()) {
      Tree tree = Samples.everything();
      for (Extent extent : extents) {
        byte[] whole = tree.read(extent.path());
        int from = (int) extent.fileOffset();
        assertThat(in.readFully(extent.offset(), (int) extent.length()))
            .isEqualTo(Arrays.copyOfRange(whole, from, from + (int) extent.length()));
        assertThat(extent.digest()).isEqualTo(Digest.of(whole));
      }
    }
  }

  @Test
  void skippingInAFileReadsOnFromThere() throws Exception {
    Tree read = Samples.read(Samples.bytes(Samples.everything(), PLAIN));
    byte[] whole = read.read("/holes");
    for (int at : new int[] {0, 1, 16_384, 40_000, 98_404 - 1, 98_404}) {
      try (InputStream in =
          ((Node.RegularFile) read.inode("/holes").orElseThrow()).content().open()) {
        in.skipNBytes(at);
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(whole, at, 98_404));
      }
    }
  }

  @Test
  void saysWhatItCannotHold() {
    assertThatThrownBy(
            () ->
                Samples.bytes(
                    Tree.of(
                        t ->
                            t.put(
                                TreePath.of("/old"),
                                new Node.Directory(Metadata.mode(0755).withMtime(-1, 0)))),
                    PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "/old: squashfs holds times from 1970 to 2106, not -1 seconds since 1970; normalise"
                + " the tree first");
    Xattrs acl = Xattrs.of(Map.of("system.posix_acl_access", new byte[4]));
    assertThatThrownBy(
            () ->
                Samples.bytes(
                    Tree.of(
                        t ->
                            t.put(
                                TreePath.of("/acl"),
                                new Node.Directory(Metadata.mode(0755).withXattrs(acl)))),
                    PLAIN))
        .hasMessage(
            "/acl: squashfs cannot hold the attribute system.posix_acl_access; it has user.,"
                + " trusted. and security. only");
    assertThatThrownBy(() -> SquashfsOptions.of(SquashfsCompression.LZ4, 0))
        .hasMessage("LZ4 is only read; write with NONE, GZIP, XZ or ZSTD");
  }

  @Test
  void nothingIsLeftWhenAContentEndsEarly() {
    Content shorter =
        Content.of(100_000, Digest.of(new byte[0]), ByteSource.bytes(new byte[20_000]));
    Path file = temp.resolve("image");
    assertThatThrownBy(
            () ->
                Squashfs.pack(
                    Tree.of(t -> t.file("/cut", 0644, shorter)), PLAIN, file, 2, Progress.none()))
        .isInstanceOf(EOFException.class)
        .hasMessage(
            "/cut ended after 20000 bytes, expected at least 32768; did it change while it was"
                + " read?");
    assertThat(file).doesNotExist();
  }

  @Test
  void anImageIsRecognisedWithItsFiles() throws Exception {
    byte[] image = Samples.bytes(Samples.everything(), PLAIN);
    RecognisedImage recognised = RecognisedImage.of(BlockSource.bytes(image), "image");
    assertThat(recognised.inspection().partitions().get(0).fileSystem().orElseThrow().kind())
        .isEqualTo("squashfs");
    assertThat(recognised.extents()).extracting(Extent::path).contains("/block", "/holes");
  }
}
