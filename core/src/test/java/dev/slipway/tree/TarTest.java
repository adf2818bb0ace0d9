// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.testing.GeneratedTree;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.TreeDifference.Aspect;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TarTest {
  @TempDir Path directory;

  static byte[] tar(Tree tree) throws IOException {
    var out = new ByteArrayOutputStream();
    TarWriter.write(tree, out);
    return out.toByteArray();
  }

  private static Tree read(byte[] tar) throws IOException {
    return TarReader.read(new ByteArrayInputStream(tar), "t.tar", ContentKeeper.inMemory());
  }

  private static Tree read(Path tar) throws IOException {
    try (InputStream in = Files.newInputStream(tar)) {
      return TarReader.read(in, tar.getFileName().toString(), ContentKeeper.inMemory());
    }
  }

  private static String field(byte[] tar, int offset, int length) {
    return new String(tar, offset, length, StandardCharsets.ISO_8859_1);
  }

  @Test
  void headerIsWhatPosixSays() throws IOException {
    Metadata metadata = new Metadata(04755, 8, 9, 1_600_000_000, 0, Xattrs.NONE);
    byte[] tar =
        tar(Tree.of(t -> t.put(TreePath.of("/a"), new RegularFile(metadata, Content.utf8("hi")))));
    assertThat(tar).hasSize(10_240);
    assertThat(field(tar, 0, 3)).isEqualTo("./\0");
    assertThat(field(tar, 156, 1)).isEqualTo("5");
    int header = 512;
    assertThat(field(tar, header, 4)).isEqualTo("./a\0");
    assertThat(field(tar, header + 100, 8)).isEqualTo("0004755\0");
    assertThat(field(tar, header + 108, 8)).isEqualTo("0000010\0");
    assertThat(field(tar, header + 116, 8)).isEqualTo("0000011\0");
    assertThat(field(tar, header + 124, 12)).isEqualTo("00000000002\0");
    assertThat(field(tar, header + 136, 12)).isEqualTo("13727410000\0");
    assertThat(field(tar, header + 148, 8)).matches("[0-7]{6}\0 ");
    assertThat(field(tar, header + 156, 2)).isEqualTo("0\0");
    assertThat(field(tar, header + 257, 8)).isEqualTo("ustar\00000");
    assertThat(field(tar, header + 265, 247)).isEqualTo("\0".repeat(247));
    assertThat(field(tar, header + 512, 3)).isEqualTo("hi\0");
  }

  /** Changes only on purpose: whatever is named by the digest of a tar changes with it. */
  @Test
  void bytesAreTheSameEverywhere() throws IOException {
    var digests = new TreeMap<Long, String>();
    for (long seed = 0; seed < 20; seed++) {
      digests.put(seed, Digest.of(tar(GeneratedTree.withoutSockets(seed))).hex());
    }
    assertThat(Digest.of(digests.toString().getBytes(StandardCharsets.UTF_8)))
        .hasToString("671f2c5e65eff0813c1da5984041c47d5f9dd29a1e42f49730d57ead3566ce3c");
  }

  @Test
  void impliedDirectoriesCanBeLeftOut() throws IOException {
    Tree tree = Tree.of(t -> t.directory("/a", 0700).file("/a/b/c", 0644, Content.utf8("c")));
    var out = new ByteArrayOutputStream();
    TarWriter writer = TarWriter.of(tree).withoutImpliedDirectories();
    writer.writeTo(out);
    assertThat(out.size()).isEqualTo(writer.sizeBytes()).isEqualTo(10_240);
    assertThat(field(out.toByteArray(), 0, 5)).isEqualTo("./a/\0");
    assertThat(field(out.toByteArray(), 512, 8)).isEqualTo("./a/b/c\0");
  }

  @Test
  void socketsAreRefusedBeforeAnythingIsWritten() {
    Tree tree = Tree.of(t -> t.device("/run/s", 0600, Node.Special.Kind.SOCKET, 0, 0));
    var out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> TarWriter.write(tree, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/run/s is a socket, which tar cannot hold; remove it from the tree first");
    assertThat(out.size()).isZero();
  }

  /** A file of 9 GiB, nearly all of it a hole: sizes beyond eight octal gigabytes. */
  @Test
  void holesAreNotWritten() throws IOException {
    long size = 9L << 30;
    List<Range> data = List.of(new Range(size - 4096, 2));
    byte[] bytes = {1, 2};
    ByteSource source = () -> new SparseInputStream(new ByteArrayInputStream(bytes), data, size);
    Content content = Content.sparse(size, Digest.of(), data, source);
    byte[] tar = tar(Tree.of(t -> t.file("/big", 0644, content)));
    assertThat(tar).hasSize(10_240);
    var entries = new TarEntries(new ByteArrayInputStream(tar), "t");
    entries.next();
    TarEntry entry = entries.next().orElseThrow();
    assertThat(entry.sizeBytes()).isEqualTo(size);
    assertThat(entry.data()).containsExactly(new Range(size - 4096, 512));
    InputStream in = entries.content();
    in.skipNBytes(size - 4097);
    assertThat(in.readNBytes(5)).containsExactly(0, 1, 2, 0, 0);
    assertThat(entries.next()).isEmpty();
  }

  /** What GNU tar and others agree on: see {@link TarWriter}. */
  @Test
  void rangesAreWidenedToBlocks() throws IOException {
    byte[] bytes = new byte[5000];
    Arrays.fill(bytes, 700, 800, (byte) 1);
    Arrays.fill(bytes, 1100, 1200, (byte) 2);
    bytes[2048] = 3;
    bytes[4999] = 4;
    List<Range> data =
        List.of(new Range(700, 100), new Range(1100, 100), new Range(2048, 1), new Range(4999, 1));
    Content content = Content.sparse(bytes.length, Digest.of(bytes), data, ByteSource.bytes(bytes));
    Tree read = read(tar(Tree.of(t -> t.file("/f", 0644, content))));
    assertThat(((RegularFile) read.inode("/f").orElseThrow()).content().data())
        .containsExactly(new Range(512, 1024), new Range(2048, 512), new Range(4608, 392));
    assertThat(read.read("/f")).isEqualTo(bytes);
  }

  /** As real ones, whose places GNU tar and the kernel accept. */
  private static Tree forRealFileSystem(long seed) {
    return GeneratedTree.withoutSockets(seed)
        .mapped(
            (path, inode) -> {
              var kept = new TreeMap<String, byte[]>();
              inode
                  .metadata()
                  .xattrs()
                  .asMap()
                  .forEach(
                      (name, value) -> {
                        if (name.startsWith("security.") && inode instanceof RegularFile) {
                          kept.put(name, value);
                        }
                      });
              return inode.withMetadata(inode.metadata().withXattrs(Xattrs.of(kept)));
            });
  }

  private Path extractedByTar(Tree tree, String name) throws Exception {
    Path tar = Files.write(directory.resolve(name + ".tar"), tar(tree));
    Path root = Files.createDirectory(directory.resolve(name));
    Tool.output(
        "tar",
        "-C",
        root.toString(),
        "-xpf",
        tar.toString(),
        "--numeric-owner",
        "--xattrs",
        "--xattrs-include=*",
        "--same-owner");
    return root;
  }

  private static void assumeRoot() throws Exception {
    assumeThat(Tool.output("id", "-u").strip())
        .as("only root can give files away and make devices")
        .isEqualTo("0");
  }

  /** Through the real tool and a real file system, and back through both. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  @RequiresTool(value = "tar", in = "tar")
  void gnuTarExtractsItAndWeReadWhatItPacks(long seed) throws Exception {
    assumeRoot();
    Tree tree = forRealFileSystem(seed);
    Path root = extractedByTar(tree, "t" + seed);
    for (String format :
        List.of(
            "--format=posix",
            "--format=posix --sparse --sparse-version=0.0",
            "--format=posix --sparse --sparse-version=0.1",
            "--format=posix --sparse --sparse-version=1.0",
            "--format=gnu",
            "--format=gnu --sparse",
            "--format=oldgnu --sparse")) {
      boolean posix = format.contains("posix");
      Path packed = directory.resolve("back.tar");
      var command =
          new java.util.ArrayList<>(
              List.of("tar", "-C", root.toString(), "-cf", packed.toString(), "--numeric-owner"));
      command.addAll(List.of(format.split(" ")));
      if (posix) {
        command.addAll(List.of("--xattrs", "--xattrs-include=security.capability"));
      }
      command.add(".");
      Tool.output(command.toArray(new String[0]));
      // GNU tar writes every name of a device as a device of its own.
      TreeDifference difference =
          TreeDifference.between(tree, read(packed))
              .without(
                  d ->
                      d.aspect() == Aspect.HARD_LINKS
                          && tree.inode(d.path()).orElseThrow() instanceof Node.Special);
      if (!posix) {
        difference = difference.ignoring(Aspect.XATTRS, Aspect.MTIME); // it has no room for them
      }
      assertThat(difference.toString()).as(format).isEqualTo("no difference");
    }
  }

  @Test
  @RequiresTool(value = "tar", in = "tar")
  void gnuTarFindsNoDifferenceAndPrintsNoWarning() throws Exception {
    assumeRoot();
    for (long seed = 20; seed < 26; seed++) {
      Path root = extractedByTar(forRealFileSystem(seed), "c" + seed);
      String tar = directory.resolve("c" + seed + ".tar").toString();
      assertThat(Tool.output("tar", "-C", root.toString(), "-df", tar, "--numeric-owner"))
          .isEmpty();
      assertThat(Tool.output("tar", "-tf", tar)).doesNotContain("tar:");
    }
  }

  @Test
  @RequiresTool(value = "tar", in = "tar")
  void readsOlderFormats() throws Exception {
    Path root = Files.createDirectories(directory.resolve("old/usr/bin"));
    Files.writeString(root.resolve("tool"), "tool");
    Files.createLink(root.resolve("name"), root.resolve("tool"));
    Files.createSymbolicLink(root.resolve("link"), Path.of("tool"));
    for (String format : List.of("v7", "ustar", "oldgnu", "gnu", "posix")) {
      Path tar = directory.resolve(format + ".tar");
      Tool.output("tar", "-C", directory + "/old", "--format=" + format, "-cf", tar + "", "usr");
      Tree tree = read(tar);
      assertThat(tree.entries().keySet().stream().map(TreePath::relative))
          .containsExactly("", "usr", "usr/bin", "usr/bin/link", "usr/bin/name", "usr/bin/tool");
      assertThat(tree.node(TreePath.of("/usr/bin/tool")))
          .hasValue(new Node.HardLink(TreePath.of("/usr/bin/name")));
      assertThat(tree.read("/usr/bin/link")).isEqualTo("tool".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] renamed(String from, String to) throws IOException {
    byte[] tar =
        tar(
            Tree.of(
                t ->
                    t.symlink("/etc", "usr")
                        .file("/evil", 0644, Content.utf8("x"))
                        .hardLink("/fine", "/evil")));
    for (int block = 0; block < tar.length; block += 512) {
      for (int at : new int[] {block, block + 157}) {
        if (field(tar, at, from.length() + 1).equals(from + "\0")) {
          Arrays.fill(tar, at, at + 90, (byte) 0);
          byte[] raw = to.getBytes(StandardCharsets.ISO_8859_1);
          System.arraycopy(raw, 0, tar, at, raw.length);
          TarProperties.withChecksum(tar, block);
        }
      }
    }
    return tar;
  }

  @Test
  void hostileNamesAreRefused() throws IOException {
    Map<String, String> names =
        Map.of(
            "./a/../../evil", "t.tar: entry 2 at byte 1024: name: a path must not contain \"..\"",
            "/evil", "name \"/evil\" is absolute",
            "./etc/evil", "/etc/evil: /etc is no directory",
            "./\u00ff", "name: \"./\\xff\" is not valid UTF-8",
            "", "name is empty");
    for (var name : names.entrySet()) {
      assertThatThrownBy(() -> read(renamed("./evil", name.getKey())))
          .isExactlyInstanceOf(FormatException.class)
          .hasMessageContaining(name.getValue());
    }
  }

  @Test
  void laterEntryReplacesEarlierOne() throws IOException {
    Tree tree = read(renamed("./fine", "./etc"));
    assertThat(tree.node(TreePath.of("/evil"))).hasValue(new Node.HardLink(TreePath.of("/etc")));
  }

  @Test
  void hardLinkMustFollowItsTarget() {
    assertThatThrownBy(
            () -> {
              byte[] tar =
                  tar(Tree.of(t -> t.file("/a", 0644, Content.EMPTY).hardLink("/b", "/a")));
              System.arraycopy("./c".getBytes(StandardCharsets.US_ASCII), 0, tar, 512, 3);
              TarProperties.withChecksum(tar, 512);
              read(tar);
            })
        .isExactlyInstanceOf(FormatException.class)
        .hasMessage(
            "t.tar: entry 2 at byte 1024: hard link to /a, which is not in the archive before it");
  }

  @Test
  void numbersInBase256() throws IOException {
    byte[] tar = tar(Tree.of(t -> t.file("/a", 0644, Content.EMPTY)));
    Arrays.fill(tar, 512 + 136, 512 + 148, (byte) 0xff); // mtime -1
    Arrays.fill(tar, 512 + 108, 512 + 116, (byte) 0);
    tar[512 + 108] = (byte) 0x80;
    tar[512 + 112] = 0x7f; // uid 0x7f000000
    TarProperties.withChecksum(tar, 512);
    Metadata metadata = read(tar).inode("/a").orElseThrow().metadata();
    assertThat(metadata.mtimeSeconds()).isEqualTo(-1);
    assertThat(metadata.uid()).isEqualTo(0x7f00_0000L);
    Arrays.fill(tar, 512 + 124, 512 + 136, (byte) 0xff); // size -1
    TarProperties.withChecksum(tar, 512);
    assertThatThrownBy(() -> read(tar))
        .isExactlyInstanceOf(FormatException.class)
        .hasMessage("t.tar: entry 1 at byte 512: size: must not be negative: -1");
  }

  @Test
  void damagedHeaderNamesBothSums() throws IOException {
    byte[] tar = tar(Tree.of(t -> t.file("/a", 0644, Content.EMPTY)));
    tar[512 + 2]++;
    assertThatThrownBy(() -> read(tar))
        .isExactlyInstanceOf(FormatException.class)
        .hasMessageMatching(
            "t\\.tar: entry 1 at byte 512: checksum: found 0[0-7]+, expected 0[0-7]+");
  }

  @Test
  void extendedHeadersAreBounded() throws IOException {
    byte[] tar = tar(Tree.of(t -> t.file("/" + "é".repeat(60), 0644, Content.EMPTY)));
    byte[] size = "77777777777".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, tar, 512 + 124, size.length);
    TarProperties.withChecksum(tar, 512);
    assertThatThrownBy(() -> read(tar))
        .isExactlyInstanceOf(FormatException.class)
        .hasMessageContaining("an extended header of 8589934591 bytes; at most 4194304 are read");
  }

  @Test
  void extendedHeadersBeforeOneEntryAreBoundedTogether() throws IOException {
    String record = "1500000 comment=" + "x".repeat(1_499_983) + "\n";
    byte[] entry = tar(Tree.of(t -> t.file("/a", 0644, Content.EMPTY)));
    assertThat(read(withExtensions(entry, record, 2)).contains("/a")).isTrue();
    assertThatThrownBy(() -> read(withExtensions(entry, record, 3)))
        .isExactlyInstanceOf(FormatException.class)
        .hasMessageContaining("extended headers of more than 4194304 bytes before one entry");
  }

  /** Puts extended headers, all alike, before an archive. */
  private static byte[] withExtensions(byte[] tar, String record, int count) throws IOException {
    byte[] content = record.getBytes(StandardCharsets.US_ASCII);
    byte[] header = Arrays.copyOf(tar, 512);
    header[156] = 'x';
    byte[] size =
        String.format(Locale.ROOT, "%011o", content.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, header, 124, size.length);
    TarProperties.withChecksum(header, 0);
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      out.write(header);
      out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
    }
    out.write(tar);
    return out.toByteArray();
  }

  @Test
  void sizesThatNoArchiveHoldsAreRefused() throws IOException {
    byte[] tar = tar(Tree.of(t -> t.file("/a", 0644, Content.EMPTY)));
    Arrays.fill(tar, 512 + 124, 512 + 136, (byte) 0xff);
    tar[512 + 124] = (byte) 0x80;
    Arrays.fill(tar, 512 + 125, 512 + 128, (byte) 0);
    tar[512 + 128] = 0x7f; // 2^63 - 1
    TarProperties.withChecksum(tar, 512);
    var entries = new TarEntries(new ByteArrayInputStream(tar), "t");
    entries.next();
    assertThatThrownBy(entries::next)
        .isExactlyInstanceOf(FormatException.class)
        .hasMessage(
            "t: entry 1 at byte 512: size: found 9223372036854775807, more than any archive"
                + " holds");
  }

  @Test
  void readsToTheEndOfTheStream() throws IOException {
    byte[] tar = Arrays.copyOf(tar(Tree.empty()), 100_000);
    var in = new ByteArrayInputStream(tar);
    var entries = new TarEntries(in, "t");
    Optional<TarEntry> root = entries.next();
    assertThat(root.orElseThrow().node(Content.EMPTY))
        .isEqualTo(new Directory(Metadata.mode(0755)));
    assertThat(entries.next()).isEmpty();
    assertThat(in.available()).isZero();
  }
}
