// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Volumes that are damaged or made to do harm. */
class FatBrokenTest {
  private byte[] image;
  private FatGeometry geometry;

  @BeforeEach
  void make() throws Exception {
    Tree tree =
        Tree.of(
            t ->
                t.file("first", 0644, Content.bytes(new byte[5000]))
                    .file("second", 0644, Content.bytes(new byte[5000]))
                    .directory("sub", 0755)
                    .file("sub/a long name in it", 0644, Content.utf8("x")));
    image =
        FatTest.bytes(
            Fat.of(
                tree,
                FatOptions.of(Size.mib(5), 1).withType(FatType.FAT16).withSectorsPerCluster(2)));
    geometry = BootSector.read("x", Arrays.copyOf(image, 512), image.length).geometry();
  }

  private FatVolume read() throws IOException {
    return Fat.read(BlockSource.bytes(image), "broken");
  }

  private void entry(int number, int value) {
    ByteBuffer.wrap(image)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((int) geometry.tableOffset(0) + 2 * number, (short) value);
  }

  private void refused(String message) {
    assertThatThrownBy(this::read)
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("broken: ")
        .hasMessageContaining(message);
  }

  @Test
  void theSampleIsSound() throws Exception {
    assertThat(read().tree().contains("sub/a long name in it")).isTrue();
  }

  @Test
  void chainsThatTurnInCircles() {
    entry(4, 2);
    refused("/first: cluster 2 is in use already: chains meet or turn in a circle");
    entry(4, 4);
    refused("in use already");
  }

  @Test
  void chainsThatMeet() {
    entry(7, 3);
    refused("in use already");
  }

  @Test
  void chainsThatLeaveTheVolume() {
    for (int wrong : new int[] {0, 1, (int) geometry.lastCluster() + 1, 0xfff7}) {
      entry(4, wrong);
      refused("/first: cluster " + wrong + " is not within 2 to " + geometry.lastCluster());
    }
  }

  @Test
  void filesLongerThanTheirChain() {
    entry(4, 0xffff);
    refused("/first: has 5000 bytes, its clusters hold 3072");
  }

  @Test
  void directoriesThatHoldThemselves() {
    int root = (int) geometry.rootOffset();
    for (int at = root; image[at] != 0; at += 32) {
      if (image[at + 11] == 0x10) {
        int sub = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getShort(at + 26);
        int inside = (int) geometry.clusterOffset(sub) + 64;
        Arrays.fill(image, inside, inside + 200, (byte) 0);
        System.arraycopy(image, at, image, inside, 32);
      }
    }
    refused("in use already");
  }

  @Test
  void theSameNameTwice() {
    int root = (int) geometry.rootOffset();
    System.arraycopy(image, root, image, root + 64, 64);
    refused("/first: the directory has this name twice");
  }

  @Test
  void bootSectorsThatLie() {
    ByteBuffer boot = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    refusedWith(boot, 11, 513, "BPB_BytsPerSec");
    refusedWith(boot, 11, 0, "BPB_BytsPerSec");
    refusedWith(boot, 14, 0, "BPB_RsvdSecCnt");
    refusedWith(boot, 14, 0xffff, "BPB_FATSz");
    refusedWith(boot, 22, 1, "BPB_FATSz: found 1 sectors, too few");
    refusedWith(boot, 19, 0xffff, "the source has");
    refusedWith(boot, 510, 0, "not a FAT volume");
    image[13] = 3;
    refused("BPB_SecPerClus: found 3, expected a power of two");
  }

  private void refusedWith(ByteBuffer boot, int offset, int value, String message) {
    short before = boot.getShort(offset);
    boot.putShort(offset, (short) value);
    refused(message);
    boot.putShort(offset, before);
  }

  @Test
  void longNamesWithoutTheirAliasAreIgnored() throws Exception {
    int root = (int) geometry.rootOffset();
    image[root + 13] ^= 1; // the checksum of the long entry
    assertThat(read().tree().contains("FIRST")).isTrue();
    assertThat(read().tree().contains("first")).isFalse();
  }

  @Test
  void longNamesThatAreNoNames() {
    int root = (int) geometry.rootOffset();
    image[root + 1] = '/';
    refused("not a name: \"/irst\"");
  }

  @Test
  void onlyIoExceptionsComeOutOfCutAndFlippedVolumes() {
    Random random = new Random(3);
    byte[] sound = image;
    for (int i = 0; i < 3000; i++) {
      image = sound.clone();
      int reach =
          i % 3 == 0
              ? 512
              : i % 3 == 1 ? (int) geometry.tableOffset(0) + 64 : (int) geometry.clusterOffset(20);
      for (int flips = 0; flips < 1 + i % 4; flips++) {
        image[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
      }
      readOrRefuse();
    }
    for (int length = 0; length < sound.length; length += length < 1024 ? 7 : 9973) {
      image = Arrays.copyOf(sound, length);
      assertThatThrownBy(this::read).isInstanceOf(FormatException.class);
    }
  }

  private void readOrRefuse() {
    try {
      read();
    } catch (FormatException e) {
      assertThat(e).hasMessageStartingWith("broken: ");
    } catch (IOException e) {
      throw new AssertionError("expected a FormatException", e);
    }
  }
}
