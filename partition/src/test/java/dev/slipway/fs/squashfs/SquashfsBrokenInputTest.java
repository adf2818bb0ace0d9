// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Hostile and broken images end in one clear error, never in a loop or in much memory. */
class SquashfsBrokenInputTest {
  private static final long READ_MAX = 1 << 26;

  private static Tree small() {
    return Tree.of(
        t ->
            t.file("/a/one", 0644, Content.utf8("one"))
                .file("/a/text", 0644, Content.utf8("words ".repeat(9000)))
                .file("/b/noise", 0644, Content.bytes(Samples.noise(40_000, 1)))
                .hardLink("/b/link", "/a/one")
                .symlink("/c", "a"));
  }

  private static byte[] image(SquashfsCompression compression) throws IOException {
    return Samples.bytes(small(), Samples.options(compression));
  }

  /** Reads everything there is, up to a limit that no honest file of these tests reaches. */
  private static void readAll(byte[] image) throws IOException {
    Tree tree = Squashfs.read(BlockSource.bytes(image), "image");
    byte[] buffer = new byte[1 << 16];
    for (var node : tree.entries().values()) {
      if (node instanceof RegularFile file) {
        try (InputStream in = file.content().open()) {
          long count = 0;
          for (int got = 0; got >= 0 && count < READ_MAX; got = in.read(buffer)) {
            count += got;
          }
          assertThat(Math.min(count, READ_MAX))
              .isEqualTo(Math.min(file.content().sizeBytes(), READ_MAX));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP", "XZ", "ZSTD"})
  void everyCutIsSeen(SquashfsCompression compression) throws Exception {
    byte[] image = image(compression);
    int used = (int) ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getLong(40);
    for (int length = 0; length < used; length += length < 200 ? 1 : 97) {
      byte[] cut = Arrays.copyOf(image, length);
      assertThatThrownBy(() -> readAll(cut)).isInstanceOf(FormatException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP", "XZ", "ZSTD"})
  void anyByteMayBeAnything(SquashfsCompression compression) throws Exception {
    byte[] image = image(compression);
    int used = (int) ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getLong(40);
    var random = new Random(compression.ordinal());
    int broken = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] flipped = image.clone();
      for (int flips = random.nextInt(4) + 1; flips > 0; flips--) {
        // Half of them where the structure is: the superblock and the tables at the end.
        int at =
            switch (random.nextInt(4)) {
              case 0 -> random.nextInt(Superblock.BYTES);
              case 1 -> used - 1 - random.nextInt(500);
              default -> random.nextInt(used);
            };
        flipped[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : flipped[at] ^ 1);
      }
      try {
        readAll(flipped);
      } catch (FormatException e) {
        broken++;
      }
    }
    assertThat(broken).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 'image: byte 0: s_magic: found 0x1, not 0x73717368'",
    "4, 0, 'image: byte 4: inodes: found 0, read are 1 to 4194304'",
    "4, -1, 'image: byte 4: inodes: found 4294967295, read are 1 to 4194304'",
    "12, 65536, 'image: byte 12: block_size: found 65536 with block_log 14'",
    "16, -1, 'image: byte 16: fragments: found 4294967295 for 7 inodes'",
    "20, 917511, 'image: byte 20: compression: found 7, known are 1 (gzip) to 6 (zstd)'",
    "28, 3, 'image: byte 28: s_major: found version 3.0, only 4.0 is read'",
  })
  void namesTheFieldOfTheSuperblockThatIsWrong(int offset, int value, String message)
      throws Exception {
    byte[] image = image(SquashfsCompression.NONE);
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
    assertThatThrownBy(() -> readAll(image))
        .isInstanceOf(FormatException.class)
        .hasMessage(message);
  }

  /** Tables are plain, so names and numbers can be found in the bytes. */
  private static byte[] plain() throws IOException {
    return image(SquashfsCompression.NONE);
  }

  /** Where the n-th occurrence of a name is in the directory table. */
  private static int entry(byte[] image, String name) {
    byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
    int start = (int) ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getLong(72);
    for (int at = start; at < image.length; at++) {
      if (Arrays.equals(image, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at - DirectoryTable.ENTRY_BYTES;
      }
    }
    throw new AssertionError(name + " is not in the image");
  }

  @Test
  void aNameWithASlashIsRefused() throws Exception {
    byte[] image = plain();
    image[entry(image, "noise") + 9] = '/';
    assertThatThrownBy(() -> readAll(image))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: /b: no name for a file: \"n/ise\"");
  }

  @Test
  void aNameThatLeadsUpIsRefused() throws Exception {
    byte[] image = plain();
    int at = entry(image, "c");
    image[at + 8] = '.';
    assertThatThrownBy(() -> readAll(image)).hasMessage("image: /: no name for a file: \".\"");
  }

  @Test
  void aNameThatIsThereTwiceIsRefused() throws Exception {
    byte[] image = plain();
    image[entry(image, "b") + 8] = 'a';
    assertThatThrownBy(() -> readAll(image)).hasMessage("image: /a: the name is there twice");
  }

  @Test
  void aDirectoryInsideItselfIsRefused() throws Exception {
    byte[] image = plain();
    ByteBuffer raw = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    // The entry of /a takes the offset of the root's inode.
    raw.putShort(entry(image, "a"), (short) raw.getLong(32));
    assertThatThrownBy(() -> readAll(image))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: /a: this and / are the same directory");
  }

  @Test
  void aFileLargerThanAllBlocksIsRefusedBeforeItCostsAnything() throws Exception {
    byte[] image = plain();
    ByteBuffer raw = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int inodes = (int) raw.getLong(64) + MetadataWriter.HEADER_BYTES;
    int noise = inodes + (raw.getShort(entry(image, "noise")) & 0xffff);
    raw.putInt(noise + 28, -1);
    assertThatThrownBy(() -> readAll(image))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("image: /b/noise: ");
  }

  @Test
  void aMetadataBlockThatIsTooLargeIsRefused() throws Exception {
    byte[] image = plain();
    ByteBuffer raw = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    raw.putShort((int) raw.getLong(64), (short) 0xffff);
    assertThatThrownBy(() -> readAll(image))
        .isInstanceOf(FormatException.class)
        .hasMessageMatching("image: /: byte [0-9]+: a metadata block of 32767 bytes, 1 to 8192.*");
  }
}
