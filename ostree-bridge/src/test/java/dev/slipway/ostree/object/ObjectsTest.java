// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Xattrs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObjectsTest {
  private static final Digest SOME = Digest.of(new byte[] {1});
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);

  private static byte[] archived(FileHeader header, byte[] content) throws IOException {
    var out = new ByteArrayOutputStream();
    new ArchivedFile(header, content.length).write(new ByteArrayInputStream(content), out, 6);
    return out.toByteArray();
  }

  private static byte[] open(byte[] archived) throws IOException {
    var in = new ByteArrayInputStream(archived);
    ArchivedFile file = ArchivedFile.readHeader(in, "x");
    try (InputStream content = file.content(in, "x")) {
      return content.readAllBytes();
    }
  }

  /** The bytes of docs/formats/ostree.md, made by ostree. */
  @Test
  void writesAFileAsOstreeDoes() throws Exception {
    var header = new FileHeader(Metadata.mode(0755), Optional.empty());
    assertThat(HexFormat.of().formatHex(archived(header, HELLO)))
        .isEqualTo(
            "0000001a00000000"
                + "00000000000000060000000000000000000081ed000000000019"
                + "cb48cdc9c9e70200");
    assertThat(open(archived(header, HELLO))).isEqualTo(HELLO);
    assertThat(HexFormat.of().formatHex(archived(header, new byte[0]))).endsWith("190300");
  }

  @Test
  void aDirectoryWithoutAttributesTakes12BytesAndAnEmptyOneIsOneZero() {
    assertThat(HexFormat.of().formatHex(new DirMeta(Metadata.mode(0755)).toBytes()))
        .isEqualTo("0000000000000000000041ed");
    var empty = new DirTree(List.of(), List.of());
    assertThat(empty.toBytes()).containsExactly(0);
    assertThat(empty.checksum().hex())
        .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  }

  @Test
  void sortsNamesByTheirBytesNotByUtf16() throws Exception {
    var names = List.of("\ud83d\ude00", "\uff21", "b", "a");
    var tree =
        new DirTree(
            names.stream().map(name -> new DirTree.FileEntry(name, SOME)).toList(), List.of());
    assertThat(DirTree.read(tree.toBytes(), "x").files())
        .extracting(DirTree.FileEntry::name)
        .containsExactly("a", "b", "\uff21", "\ud83d\ude00");
  }

  @Test
  void refusesDirectoriesThatNoFileSystemHolds() {
    for (String name : List.of("..", ".", "", "a/b", "n".repeat(256))) {
      assertThatThrownBy(() -> DirTree.read(tree(List.of(name), List.of()), "x"))
          .as(name)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("no directory can hold");
    }
    assertThatThrownBy(() -> DirTree.read(tree(List.of("b", "a"), List.of()), "x"))
        .hasMessage("x: \"a\" is not in the order of names");
    assertThatThrownBy(() -> DirTree.read(tree(List.of("a", "a"), List.of()), "x"))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> DirTree.read(tree(List.of("a"), List.of("a")), "x"))
        .hasMessage("x: \"a\" stands for a file and a directory");
  }

  private static byte[] tree(List<String> files, List<String> directories) {
    Variant checksum = Checksums.of(SOME);
    return Variant.tuple(
            Variant.array(
                "(say)",
                files.stream().map(n -> Variant.tuple(Variant.text(n), checksum)).toList()),
            Variant.array(
                "(sayay)",
                directories.stream()
                    .map(n -> Variant.tuple(Variant.text(n), checksum, checksum))
                    .toList()))
        .toBytes();
  }

  @Test
  void refusesWrongChecksumsLengthsAndModes() {
    byte[] shortChecksum =
        Variant.tuple(
                Variant.array(
                    "(say)",
                    List.of(Variant.tuple(Variant.text("a"), Variant.bytes(new byte[31])))),
                Variant.array("(sayay)", List.of()))
            .toBytes();
    assertThatThrownBy(() -> DirTree.read(shortChecksum, "x"))
        .hasMessage("x: a checksum of 31 bytes, expected 32");
    assertThatThrownBy(() -> DirMeta.read(HexFormat.of().parseHex("0000000000000000000081ed"), "x"))
        .hasMessage("x: mode 0100755 is not that of a directory");
    assertThatThrownBy(() -> DirMeta.read(HexFormat.of().parseHex("0000000000000000010041ed"), "x"))
        .hasMessageContaining("has other bits");
    assertThatThrownBy(() -> DirMeta.read(HexFormat.of().parseHex("ffffffff00000000000041ed"), "x"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("owner 4294967295");
  }

  @Test
  void attributesKeepTheirOrderInTheChecksum() throws Exception {
    byte[] value = {1};
    Variant b = Variant.tuple(Variant.bytes(name("user.b")), Variant.bytes(value));
    Variant a = Variant.tuple(Variant.bytes(name("user.a")), Variant.bytes(value));
    Variant unsorted = Variant.array("(ayay)", List.of(b, a));
    FileHeader header = FileHeader.of(0, 0, 0100644, Optional.empty(), unsorted, "x");
    Xattrs both = Xattrs.of(Map.of("user.a", value, "user.b", value));
    assertThat(header.metadata().xattrs()).isEqualTo(both);
    var sorted = new FileHeader(Metadata.mode(0644).withXattrs(both), Optional.empty());
    assertThat(header.checksumWithoutContent()).isNotEqualTo(sorted.checksumWithoutContent());
    byte[] again = archived(header, HELLO);
    assertThat(ArchivedFile.readHeader(new ByteArrayInputStream(again), "x").header())
        .isEqualTo(header);
    Variant twice = Variant.array("(ayay)", List.of(a, a));
    assertThatThrownBy(() -> FileHeader.of(0, 0, 0100644, Optional.empty(), twice, "x"))
        .hasMessageContaining("twice");
    Variant open =
        Variant.array(
            "(ayay)", List.of(Variant.tuple(Variant.bytes((byte) 'a'), Variant.bytes(value))));
    assertThatThrownBy(() -> FileHeader.of(0, 0, 0100644, Optional.empty(), open, "x"))
        .hasMessageContaining("zero byte");
  }

  private static byte[] name(String name) {
    return (name + "\0").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void refusesAFileCutAtAnyByteOrWithMoreBehindIt() throws Exception {
    byte[] good =
        archived(
            new FileHeader(Metadata.mode(0644), Optional.empty()),
            "abc".repeat(90).getBytes(StandardCharsets.US_ASCII));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertThatThrownBy(() -> open(cut))
          .as("%d bytes", length)
          .isInstanceOf(FormatException.class);
    }
    assertThatThrownBy(() -> open(java.util.Arrays.copyOf(good, good.length + 1)))
        .hasMessage("x: bytes behind the compressed content");
  }

  @Test
  void onlyFormatExceptionsComeOutOfFlippedBits() throws Exception {
    var header =
        new FileHeader(
            new Metadata(
                04755, 1000, 1000, 0, 0, Xattrs.of(Map.of("security.capability", new byte[20]))),
            Optional.empty());
    byte[] good = archived(header, "content ".repeat(30).getBytes(StandardCharsets.US_ASCII));
    var accepted = new ArrayList<Integer>();
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        open(bad);
        accepted.add(bit);
      } catch (FormatException e) {
        assertThat(e).hasMessageStartingWith("x: ");
      }
    }
    assertThat(accepted.size()).isLessThan(good.length * 8); // the checksum is for the rest
  }

  @Test
  void aBombIsStoppedAtTheSizeItSays() throws Exception {
    byte[] honest =
        archived(new FileHeader(Metadata.mode(0644), Optional.empty()), new byte[1 << 20]);
    honest[8 + 7] = 16; // the size's last byte: says so much less
    honest[8 + 5] = 0;
    assertThatThrownBy(() -> open(honest))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("more content than the 16 bytes said");
  }

  @Test
  void refusesHeadersLargerThanAnyBeforeReadingThem() {
    byte[] huge = HexFormat.of().parseHex("7fffffff00000000");
    assertThatThrownBy(() -> open(huge)).hasMessageContaining("a header of 2147483647 bytes");
  }

  @Test
  void aCommitIsReadIntoWhatWritesTheSameBytes() throws Exception {
    var commit =
        new Commit(
            dev.slipway.ostree.gvariant.VariantDict.empty()
                .with("version", Variant.text("1"))
                .with(Commit.REF_BINDING, Variant.texts(List.of("a/b"))),
            Optional.of(SOME),
            List.of(new Commit.Related("r", SOME)),
            "subject",
            "body",
            1_700_000_000L,
            SOME,
            SOME);
    Commit read = Commit.read(commit.toBytes(), "x");
    assertThat(read).isEqualTo(commit);
    assertThat(read.toBytes()).isEqualTo(commit.toBytes());
    assertThat(read.refBindings()).containsExactly("a/b");
    assertThat(read.version()).contains("1");
  }
}
