// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirMeta;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that is read, cut at every byte and with every bit flipped. */
class BrokenObjectsTest {
  /** Reads bytes as one kind of file. */
  @FunctionalInterface
  private interface Reader {
    void read(byte[] bytes) throws IOException;
  }

  @TempDir Path work;

  private OstreeRepository repository;
  private Digest commit;

  @BeforeEach
  void commitOne() throws Exception {
    repository = Repositories.init(work.resolve("repo"), RepositoryMode.BARE_USER);
    commit = Repositories.commit(repository, "a", "one");
  }

  /** Whatever is wrong, the reader says so itself, in a sentence that names the source. */
  private static void onlyFormatExceptions(byte[] good, Reader reader) throws IOException {
    reader.read(good);
    var broken = new ArrayList<byte[]>();
    for (int length = 0; length < good.length; length++) {
      broken.add(Arrays.copyOf(good, length));
    }
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      broken.add(flipped);
    }
    broken.add(Arrays.copyOf(good, good.length + 1));
    int refused = 0;
    for (byte[] each : broken) {
      try {
        reader.read(each);
      } catch (FormatException e) {
        assertThat(e).hasMessageStartingWith("x");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void metadataObjects() throws Exception {
    Commit read = repository.commit(commit);
    onlyFormatExceptions(read.toBytes(), bytes -> Commit.read(bytes, "x"));
    byte[] tree = repository.metadata(ObjectName.dirTree(read.tree()));
    onlyFormatExceptions(tree, bytes -> DirTree.read(bytes, "x"));
    byte[] meta = repository.metadata(ObjectName.dirMeta(read.meta()));
    onlyFormatExceptions(meta, bytes -> DirMeta.read(bytes, "x"));
  }

  @Test
  void summariesAndDetachedMetadata() throws Exception {
    byte[] summary = repository.writeSummary(Instant.EPOCH).toBytes();
    onlyFormatExceptions(summary, bytes -> Summary.read(bytes, "x"));
    VariantDict signatures = SignatureKind.OPENPGP.add(VariantDict.empty(), new byte[70]);
    onlyFormatExceptions(
        signatures.toBytes(), bytes -> SignatureKind.OPENPGP.in(VariantDict.read(bytes, "x")));
  }

  @Test
  void superblocks() throws Exception {
    var name = new DeltaName(Optional.empty(), commit);
    Path made = StaticDelta.make(repository, name, DeltaOptions.threads(1), Progress.none());
    byte[] superblock = Files.readAllBytes(made.resolve(DeltaSuperblock.FILE));
    onlyFormatExceptions(superblock, bytes -> DeltaSuperblock.read(bytes, "x"));
  }

  /** GVariant's strings end at the first NUL, so none can have one within. */
  @Test
  void namesWithANul() {
    Variant checksum = Variant.bytes(new byte[Digest.BYTES]);
    Variant entry = Variant.tuple(Variant.text("a_b"), checksum);
    byte[] tree =
        Variant.tuple(Variant.array("(say)", List.of(entry)), Variant.array("(sayay)", List.of()))
            .toBytes();
    int place = new String(tree, StandardCharsets.ISO_8859_1).indexOf("a_b");
    tree[place + 1] = 0;
    assertThatThrownBy(() -> DirTree.read(tree, "x")).isInstanceOf(FormatException.class);
  }

  @Test
  void refsOfASummaryThatLeaveTheirDirectory() throws Exception {
    Summary good = repository.writeSummary(Instant.EPOCH);
    for (String name : List.of("../../x", "/x", "a/../b", ".x", "a//b")) {
      var evil = new Summary.Ref(name, 1, commit, VariantDict.empty());
      byte[] bytes = new Summary(List.of(evil), good.metadata()).toBytes();
      assertThatThrownBy(() -> Summary.read(bytes, "x"))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("x: \"" + name + "\" is no name of a ref");
    }
  }

  /** The file of the content "one", which bare-user repositories hold as it is. */
  private Path greeting() throws IOException {
    Digest file = DeltaScope.of(repository, commit).files().get("/etc/greeting");
    return repository.file(ObjectName.file(file));
  }

  @Test
  void attributesOfBareUserFiles() throws Exception {
    Path file = greeting();
    var attributes = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    byte[] good = new byte[attributes.size("ostreemeta")];
    attributes.read("ostreemeta", ByteBuffer.wrap(good));
    for (byte[] bad :
        List.of(new byte[0], Arrays.copyOf(good, 11), Arrays.copyOf(good, 13), new byte[12])) {
      attributes.write("ostreemeta", ByteBuffer.wrap(bad));
      requireOneProblem(ObjectType.FILE);
    }
    byte[] otherOwner = good.clone();
    otherOwner[3] ^= 1;
    attributes.write("ostreemeta", ByteBuffer.wrap(otherOwner));
    assertThat(requireOneProblem(ObjectType.FILE)).contains("its content has the checksum");
    attributes.delete("ostreemeta");
    requireOneProblem(ObjectType.FILE);
    attributes.write("ostreemeta", ByteBuffer.wrap(good));
    assertThat(repository.fsck(1, Progress.none()).isClean()).isTrue();
  }

  @Test
  void objectsThatAreNoFiles() throws Exception {
    Path file = greeting();
    Files.delete(file);
    Files.createDirectory(file);
    requireOneProblem(ObjectType.FILE);
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/etc/hostname"));
    requireOneProblem(ObjectType.FILE);
  }

  /** What fsck says, and what reading says, to the one thing that is wrong. */
  private String requireOneProblem(ObjectType type) throws IOException {
    var problems = repository.fsck(1, Progress.none()).problems();
    assertThat(problems).hasSize(1);
    assertThat(problems.firstKey().type()).isEqualTo(type);
    assertThatThrownBy(() -> repository.read(commit).read("/etc/greeting"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(problems.firstKey().checksum().hex().substring(2));
    try (Stream<Path> left = Files.list(repository.temporary())) {
      assertThat(left.filter(path -> !path.endsWith("cache"))).isEmpty();
    }
    return problems.get(problems.firstKey());
  }
}
