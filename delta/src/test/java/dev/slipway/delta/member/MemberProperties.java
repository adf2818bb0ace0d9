// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class MemberProperties {

  @Property(tries = 60)
  void everyDialectIsFoundOpenedAndRebuilt(
      @ForAll Samples kind,
      @ForAll @IntRange(max = 70_000) int size,
      @ForAll DeflateDialect.Family family,
      @ForAll @IntRange(min = 1, max = 9) int level)
      throws IOException {
    byte[] plain = kind.bytes(size);
    byte[] recipe = {0x11, (byte) new DeflateDialect(family, level).code(), 0};
    byte[] packed = Compressed.rebuild(recipe, plain);
    assertThat(Compressed.plain(packed)).isEqualTo(plain);
    byte[] found = Compressed.recipe(packed).orElseThrow();
    assertThat(Compressed.rebuild(found, plain, 4099)).isEqualTo(packed);
  }

  @Property(tries = 30)
  void flushesOfAnyEncoderLeaveItRawOrExact(
      @ForAll Samples kind, @ForAll List<@IntRange(max = 9_000) Integer> pieces)
      throws IOException {
    var packed = new ByteArrayOutputStream();
    var plain = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed, 512, true)) {
      for (int piece : pieces) {
        byte[] bytes = kind.bytes(piece);
        out.write(bytes);
        out.flush();
        plain.writeBytes(bytes);
      }
    }
    byte[] member = packed.toByteArray();
    var recipe = Compressed.recipe(member);
    if (recipe.isPresent()) {
      assertThat(Compressed.rebuild(recipe.get(), plain.toByteArray(), 777)).isEqualTo(member);
    }
  }

  @Property(tries = 50)
  void membersAreFoundAtAnyByteAndOneBehindTheOther(
      @ForAll @IntRange(max = 70_000) int before, @ForAll @IntRange(max = 70_000) int size)
      throws IOException {
    byte[] packed = Compressed.rebuild(new byte[] {0x11, 6, 0}, Samples.TEXT.bytes(size));
    var all = new ByteArrayOutputStream();
    all.writeBytes(Samples.RANDOM.bytes(before));
    all.writeBytes(packed);
    all.writeBytes(packed);
    List<Member> members = MemberFinder.standard().find(BlockSource.bytes(all.toByteArray()));
    assertThat(members)
        .containsExactly(
            new Member(before, packed.length, MemberKind.GZIP, size),
            new Member(before + packed.length, packed.length, MemberKind.GZIP, size));
  }
}
