// SPDX-License-Identifier: Apache-2.0
package dev.slipway.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerityTest {
  private static final int BLOCK = 4096;
  private static final byte[] SALT = HexFormat.of().parseHex("00112233445566778899");

  @TempDir Path temp;

  private static byte[] data(int blocks) {
    byte[] bytes = new byte[blocks * BLOCK];
    new Random(blocks).nextBytes(bytes);
    return bytes;
  }

  private record Made(byte[] tree, Digest root) {}

  private static Made make(byte[] data) throws IOException {
    MemoryBlockSink sink = BlockSink.inMemory((int) Verity.treeBytes(data.length));
    Digest root = Verity.write(BlockSource.bytes(data), SALT, sink, Progress.none());
    return new Made(sink.bytes(), root);
  }

  private static void verify(byte[] data, Made made) throws IOException {
    Verity.verify(
        BlockSource.bytes(data),
        BlockSource.bytes(made.tree()),
        SALT,
        made.root(),
        "data",
        Progress.none());
  }

  @Test
  void theTreeOfTwoBlocksIsTwoDigests() throws Exception {
    byte[] data = data(2);
    Made made = make(data);
    byte[] expected = new byte[BLOCK];
    System.arraycopy(salted(data, 0), 0, expected, 0, 32);
    System.arraycopy(salted(data, BLOCK), 0, expected, 32, 32);
    assertThat(made.tree()).isEqualTo(expected);
    assertThat(made.root().bytes()).isEqualTo(salted(expected, 0));
  }

  @Test
  void oneBlockIsItsOwnRoot() throws Exception {
    byte[] data = data(1);
    Made made = make(data);
    assertThat(made.tree()).isEmpty();
    assertThat(made.root().bytes()).isEqualTo(salted(data, 0));
    verify(data, made);
  }

  private static byte[] salted(byte[] bytes, int offset) {
    var sha256 = Digest.sha256();
    sha256.update(SALT);
    sha256.update(bytes, offset, BLOCK);
    return sha256.digest();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 127, 128, 129, 128 * 128, 128 * 128 + 1})
  @RequiresTool(value = "veritysetup", in = "cryptsetup-bin")
  void veritysetupAgrees(int blocks) throws Exception {
    byte[] data = data(blocks);
    Made made = make(data);
    Path image = Files.write(temp.resolve("data"), data);
    Path tree = Files.write(temp.resolve("tree"), made.tree());
    if (blocks > 1) { // it wants a tree to look into
      Tool.output(
          "veritysetup",
          "verify",
          "--no-superblock",
          "--data-blocks=" + blocks,
          "--salt=" + HexFormat.of().formatHex(SALT),
          image.toString(),
          tree.toString(),
          made.root().hex());
    }
    Path theirs = temp.resolve("theirs");
    String printed =
        Tool.output(
            "veritysetup",
            "format",
            "--salt=" + HexFormat.of().formatHex(SALT),
            "--uuid=6f1d9c3e-52b1-4b8e-9a55-0d4c1c2b7a10",
            image.toString(),
            theirs.toString());
    assertThat(printed).contains(made.root().hex());
    var superblock =
        new VeritySuperblock(
            UUID.fromString("6f1d9c3e-52b1-4b8e-9a55-0d4c1c2b7a10"), data.length, SALT);
    byte[] whole = Files.readAllBytes(theirs);
    byte[] start = superblock.bytes();
    assertThat(Arrays.copyOf(whole, 512)).isEqualTo(Arrays.copyOf(start, 512));
    assertThat(VeritySuperblock.read(BlockSource.bytes(whole), "theirs")).isEqualTo(superblock);
    if (blocks > 1) {
      assertThat(Arrays.copyOfRange(whole, BLOCK, whole.length)).isEqualTo(made.tree());
      var ours = new ByteArrayOutputStream();
      ours.writeBytes(start);
      ours.writeBytes(made.tree());
      Path withSuperblock = Files.write(temp.resolve("ours"), ours.toByteArray());
      Tool.output(
          "veritysetup", "verify", image.toString(), withSuperblock.toString(), made.root().hex());
    }
  }

  @Test
  void everyAlteredBitIsFoundWhereverItIs() throws Exception {
    byte[] data = data(300);
    Made made = make(data);
    verify(data, made);
    var random = new Random(1);
    for (int i = 0; i < 60; i++) {
      byte[] altered = data.clone();
      int at = random.nextInt(data.length);
      altered[at] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> verify(altered, made))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("data: byte " + at / BLOCK * BLOCK + ": digest: found ");
      byte[] tree = made.tree().clone();
      tree[random.nextInt(tree.length)] ^= 1;
      assertThatThrownBy(() -> verify(data, new Made(tree, made.root())))
          .isInstanceOf(FormatException.class)
          .hasMessageMatching("data: (hash tree: )?byte [0-9]+: digest: .*");
    }
  }

  @Test
  void readsAnywhereAndGivesNothingUnchecked() throws Exception {
    byte[] data = data(200);
    Made made = make(data);
    data[BLOCK * 100] ^= 1;
    BlockSource source =
        Verity.open(
            BlockSource.bytes(data), BlockSource.bytes(made.tree()), SALT, made.root(), "data");
    assertThat(source.readFully(BLOCK * 7 + 5, 9000))
        .isEqualTo(Arrays.copyOfRange(data, BLOCK * 7 + 5, BLOCK * 7 + 9005));
    assertThat(source.readFully(data.length - 3, 3))
        .isEqualTo(Arrays.copyOfRange(data, data.length - 3, data.length));
    assertThatThrownBy(() -> source.readFully(BLOCK * 100 + 4095, 1))
        .hasMessageStartingWith("data: byte 409600: digest: ");
  }

  @Test
  void shortTreesAndHalfBlocksAreRefused() {
    byte[] data = data(3);
    assertThatThrownBy(
            () ->
                Verity.open(
                    BlockSource.bytes(data),
                    BlockSource.bytes(new byte[4095]),
                    SALT,
                    Digest.of(data),
                    "data"))
        .hasMessage("data: its hash tree has 4095 bytes, 4096 are needed");
    assertThatThrownBy(
            () ->
                Verity.open(
                    BlockSource.bytes(new byte[4097]),
                    BlockSource.bytes(data),
                    SALT,
                    Digest.of(data),
                    "data"))
        .hasMessage("data: 4097 bytes are not a whole number of blocks of 4096 bytes");
  }

  @Test
  void oddSuperblocksAreNamed() {
    byte[] good = new VeritySuperblock(new UUID(1, 2), 8192, SALT).bytes();
    Map.of(
            0, "byte 0: signature: this is no verity superblock",
            8, "byte 8: version: found 3, only 1 is read",
            12, "byte 12: hash_type: found 3, only 1 is read",
            32, "byte 32: algorithm: found \"qha256\", only sha256 is read",
            65, "byte 64: data_block_size: found 4608, only 4096 is read",
            81, "byte 80: salt_size: found 522, at most 256 are right")
        .forEach(
            (at, message) -> {
              byte[] odd = good.clone();
              odd[at] ^= 2;
              assertThatThrownBy(() -> VeritySuperblock.read(BlockSource.bytes(odd), "odd"))
                  .isInstanceOf(FormatException.class)
                  .hasMessage("odd: " + message);
            });
  }
}
