// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our bytes beside mke2fs's, each difference with its reason; and bytes that must never change. */
class Ext4MatchTest {
  @TempDir Path temp;

  /** Fields in which we differ on purpose. */
  private static final Map<Integer, String> DIFFERENT =
      Map.of(
          0x0c, "s_free_blocks_count_lo: fewer blocks kept for growth",
          0xce, "s_reserved_gdt_blocks: enough for 2 TiB, not for 1024 times the size",
          0x10c, "s_jnl_blocks: the journal lies elsewhere",
          0x160, "s_flags: names are hashed as unsigned bytes, on every machine",
          0x178, "s_kbytes_written: nothing is counted",
          0x248, "s_overhead_clusters: follows from the above",
          0x3fc, "s_checksum: follows from the above");

  @Test
  @RequiresTool(value = "mke2fs", in = "e2fsprogs")
  void theSuperblockIsMke2fsSuperblock() throws Exception {
    Path peer = temp.resolve("peer");
    String id = Referee.ID.toString();
    Tool.Result made =
        Tool.run(
            Map.of("E2FSPROGS_FAKE_TIME", Long.toString(Referee.TIME)),
            ("mke2fs -q -t ext4 -b 4096 -i 16384 -m 1 -J size=4 -L data -U "
                    + id
                    + " -E hash_seed="
                    + id
                    + " "
                    + peer
                    + " 64M")
                .split(" "));
    assertThat(made.status()).as(made.output()).isZero();
    Ext4Options options =
        Ext4Options.writable(Referee.ID, Referee.TIME, Size.mib(64))
            .withLabel("data")
            .withJournal(Size.mib(4));
    byte[] ours = Ext4.of(Tree.empty(), options).open().readFully(1024, 1024);
    byte[] theirs;
    try (BlockSource source = BlockSource.file(peer)) {
      theirs = source.readFully(1024, 1024);
    }
    var different = new TreeMap<Integer, String>();
    for (int at = 0; at < 1024; at++) {
      if (ours[at] != theirs[at]) {
        different.put(fieldOf(at), "");
      }
    }
    assertThat(DIFFERENT.keySet()).containsAll(different.keySet());
  }

  private static int fieldOf(int offset) {
    if (offset >= 0x10c && offset < 0x150) {
      return 0x10c;
    }
    return (offset & ~1) == 0xce ? 0xce : offset & ~3;
  }

  @Test
  @RequiresTool(value = "debugfs", in = "e2fsprogs")
  void namesHashAsDebugfsSays() throws Exception {
    var hash = new NameHash(Referee.ID);
    Path image = Referee.image(Ext4.of(Tree.empty(), Referee.READ_ONLY), temp);
    for (String name :
        new String[] {"a", "some-name", "0123456789abcdef0123456789abcdef", "n".repeat(255)}) {
      String said =
          Tool.output(
              "debugfs",
              "-R",
              "dx_hash -h half_md4 -s " + Referee.ID + " " + name,
              image.toString());
      long value = hash.of(name.getBytes(StandardCharsets.US_ASCII));
      assertThat(said)
          .contains(String.format("0x%x (minor 0x%x)", value >>> 32, value & 0xffff_ffffL));
    }
  }

  @Test
  void anEmptyFileSystemByHand() throws Exception {
    byte[] bytes = Referee.bytes(Ext4.of(Tree.empty(), Referee.READ_ONLY));
    assertThat(hex(bytes, 1024, 0x3c))
        .isEqualTo(
            // 256 inodes, 25 blocks, none reserved, 1 free block, 245 free inodes
            "00010000 19000000 00000000 "
                + hex(bytes, 1024 + 0xc, 4)
                + " f5000000"
                // first block 0, 4096 bytes, clusters alike, 32768 blocks and clusters a group
                + " 00000000 02000000 02000000 00800000 00800000"
                // inodes a group, never mounted, made 2023-11-14T22:13:20Z, mounts
                + " 00010000 00000000 00f15365 0000ffff 53ef0100");
    // The root directory: ., .., lost+found, checksum.
    int root = rootBlock(bytes) * 4096;
    assertThat(hex(bytes, root, 44))
        .isEqualTo(
            "02000000 0c000102 2e000000 02000000 0c000202 2e2e0000 0b000000 dc0f0a02 6c6f7374"
                + " 2b666f75 6e640000");
    assertThat(hex(bytes, root + 4084, 8)).isEqualTo("00000000 0c0000de");
  }

  private static int rootBlock(byte[] bytes) {
    var raw = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int table = raw.getInt(4096 + 8);
    return raw.getInt(table * 4096 + 256 + 0x28 + 20);
  }

  private static String hex(byte[] bytes, int offset, int length) {
    var out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append(i > 0 && i % 4 == 0 ? " " : "").append(String.format("%02x", bytes[offset + i]));
    }
    return out.toString();
  }

  /** Changed only on purpose: a change means that every image anyone has built changes. */
  @Test
  void theBytesOfTheSampleNeverChange() throws Exception {
    Volume volume =
        Ext4.of(
            SampleTrees.everything(),
            Referee.READ_ONLY.withHashSeed(new java.util.UUID(1, 2)).withLabel("golden"));
    Digest digest = Digest.of(() -> volume.open().stream(0, volume.size()));
    assertThat(digest.hex())
        .isEqualTo("4b909267717eee7b49b2644effe8d30b2d18fb0f1b943eafb4427763858351ad");
    Volume names =
        Ext4.of(
            Tree.of(
                t -> {
                  for (int i = 0; i < 10_000; i++) {
                    t.file("/d/" + i, 0644, Content.EMPTY);
                  }
                }),
            Ext4Options.writable(Referee.ID, Referee.TIME, Size.mib(64)));
    assertThat(Digest.of(() -> names.open().stream(0, names.size())).hex())
        .isEqualTo("1cb34c6f2f781ef9f50ce429935c67914723bb4921e92263f8e71428855db83a");
  }
}
