// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.codec.Codec;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BrokenMemberTest {
  private static final byte[] PLAIN = Samples.MIXED.bytes(90_000);

  /** Members of several encoders, one with a plan and adjustments. */
  private static List<byte[]> members() throws IOException {
    List<byte[]> members = new ArrayList<>();
    for (Codec codec : new Codec[] {Codec.GZIP, Codec.XZ, Codec.ZSTD}) {
      members.add(codec.encode(PLAIN));
    }
    var packed = new ByteArrayOutputStream();
    var java = new java.util.zip.GZIPOutputStream(packed, 512, true);
    java.write(PLAIN, 0, 30_000);
    java.flush();
    java.write(PLAIN, 30_000, 60_000);
    java.close();
    members.add(packed.toByteArray());
    return members;
  }

  @Test
  void damagedMembersAreNotFoundOrRebuiltExactlyOrLeftRaw() throws IOException {
    var random = new Random(5);
    for (byte[] member : members()) {
      for (int i = 0; i < 60; i++) {
        byte[] damaged = member.clone();
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        BlockSource source = BlockSource.bytes(damaged);
        for (Member found : MemberFinder.standard().find(source)) {
          var recipe = Recipe.of(source, found);
          if (recipe.isPresent()) {
            assertThat(new RecipeTrial(source, found, Budget.UNLIMITED).rebuilds(recipe.get()))
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void cutMembersAreNotFound() throws IOException {
    for (byte[] member : members()) {
      for (int length = 1; length < member.length; length += 1 + member.length / 50) {
        BlockSource source = BlockSource.bytes(Arrays.copyOf(member, length));
        assertThat(MemberFinder.standard().find(source)).isEmpty();
      }
    }
  }

  @Test
  void damagedRecipesGiveOtherBytesOrOneKindOfError() throws IOException {
    var random = new Random(6);
    for (byte[] member : members()) {
      byte[] recipe = Compressed.recipe(member).orElseThrow();
      for (int i = 0; i < 150; i++) {
        byte[] damaged = Arrays.copyOf(recipe, recipe.length - random.nextInt(2));
        for (int flips = random.nextInt(3); flips >= 0 && damaged.length > 0; flips--) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
          assertThat(Rebuild.memoryBytes(damaged)).isLessThan(1L << 30);
          if (Rebuild.memoryBytes(damaged) < 8 << 20) {
            Compressed.rebuild(damaged, PLAIN);
          }
        } catch (FormatException expected) {
          assertThat(expected).hasMessageStartingWith("recipe: ");
        }
      }
    }
  }
}
