// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.codec.Codec;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WantedPlacesTest {
  private static final int BLOCK = 4096;
  private static final ByteRange ALL = new ByteRange(0, 100 * BLOCK);

  /** An image of a few files, each of which starts at a block and is filled up with zeros. */
  private final byte[] image = new byte[100 * BLOCK];

  private long put(int block) throws IOException {
    byte[] plain = new byte[200_000];
    new Random(block).nextBytes(plain);
    for (int i = 0; i < plain.length; i++) {
      plain[i] &= 3; // 2 bits of 8: some 50 kB, of which none are zero
    }
    byte[] member = Codec.GZIP.encode(plain);
    System.arraycopy(member, 0, image, block * BLOCK, member.length);
    return member.length;
  }

  private List<Member> find(long offset, long length) throws IOException {
    return MemberFinder.standard()
        .find(BlockSource.bytes(image), List.of(ALL), List.of(new ByteRange(offset, length)));
  }

  @Test
  void aMemberIsFoundFromWhereverItIsWanted() throws IOException {
    put(3);
    long length = put(40);
    for (long offset : new long[] {0, 1, BLOCK, length / 2, length - 1}) {
      assertThat(find(40 * BLOCK + offset, 1))
          .as("wanted at " + offset)
          .singleElement()
          .extracting(Member::offset)
          .isEqualTo(40L * BLOCK);
    }
  }

  /** As when an initramfs follows a file that changed and begins with what did not. */
  @Test
  void aMemberIsFoundThatStartsWhereSomethingWantedEnds() throws IOException {
    long length = put(40);
    var wanted =
        List.of(new ByteRange(39 * BLOCK, BLOCK), new ByteRange(42 * BLOCK, length - 2 * BLOCK));
    assertThat(MemberFinder.standard().find(BlockSource.bytes(image), List.of(ALL), wanted))
        .singleElement()
        .extracting(Member::offset)
        .isEqualTo(40L * BLOCK);
  }

  /** What is read at once ends there. */
  @Test
  void aMemberIsFoundAtEveryPlaceAroundABufferBorder() throws IOException {
    byte[] member = Codec.GZIP.encode(new byte[] {1, 2, 3});
    for (int place = (1 << 16) - 16; place < (1 << 16) + 16; place++) {
      byte[] bytes = new byte[1 << 17];
      System.arraycopy(member, 0, bytes, place, member.length);
      assertThat(MemberFinder.standard().find(BlockSource.bytes(bytes)))
          .as("at %d", place)
          .singleElement()
          .extracting(Member::offset)
          .isEqualTo((long) place);
    }
  }

  @Test
  void whatLiesInOtherFilesIsNotUnpacked() throws IOException {
    put(3);
    put(40);
    put(70);
    assertThat(find(90 * BLOCK, BLOCK)).isEmpty();
    assertThat(find(41 * BLOCK, 1)).hasSize(1);
    assertThat(MemberFinder.standard().find(BlockSource.bytes(image))).hasSize(3);
  }
}
