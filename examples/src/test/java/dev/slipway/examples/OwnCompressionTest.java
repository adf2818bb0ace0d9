// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaApplier;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.delta.Destination;
import dev.slipway.delta.member.Member;
import dev.slipway.delta.member.MemberFinder;
import dev.slipway.delta.member.Recipe;
import dev.slipway.fs.squashfs.Squashfs;
import dev.slipway.fs.squashfs.SquashfsCompression;
import dev.slipway.fs.squashfs.SquashfsOptions;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What our own builder compresses can be opened and rebuilt, so that small changes stay small. */
class OwnCompressionTest {
  private static final int FILES = 6;
  private static final int LINES = 12_000;

  @TempDir Path temp;

  private Volume release(int number, SquashfsCompression compression) throws IOException {
    var random = new Random(1);
    Tree tree =
        Tree.of(
            t -> {
              for (int file = 0; file < FILES; file++) {
                t.file("/usr/share/" + file, 0644, Content.utf8(text(random, number)));
              }
            });
    return Squashfs.pack(
        tree,
        SquashfsOptions.of(compression, 0),
        temp.resolve("release" + number),
        2,
        Progress.none());
  }

  /** One line in a thousand tells the release. */
  private static String text(Random random, int number) {
    var text = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      text.append(i % 1000 == 500 ? "release " + number : "word " + random.nextInt(5000));
      text.append('\n');
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(
      value = SquashfsCompression.class,
      names = {"GZIP", "XZ", "ZSTD"})
  void theBlocksOfOurSquashfs(SquashfsCompression compression) throws Exception {
    Volume before = release(1, compression);
    Volume after = release(2, compression);
    try (BlockSource bytes = after.open()) {
      List<Member> members = MemberFinder.standard().find(bytes);
      assertThat(members.stream().mapToLong(Member::length).sum())
          .isGreaterThan(bytes.size() * 9 / 10);
      for (Member member : members) {
        assertThat(Recipe.of(bytes, member)).as(member.toString()).isPresent();
      }
    }
    Path delta = temp.resolve("delta");
    try (BlockDelta made =
        BlockDelta.between(before, after, DeltaOptions.of(temp), Progress.none())) {
      made.write(delta);
    }
    assertThat(Files.size(delta)).isLessThan(after.size() / 20);
    Path made = temp.resolve("made");
    try (BlockSource source = before.open();
        InputStream in = Files.newInputStream(delta);
        Destination destination = Destination.file(made)) {
      DeltaApplier.of(source, temp).apply(in, "delta", destination, Progress.none());
    }
    try (BlockSource expected = after.open()) {
      assertThat(made).hasBinaryContent(expected.readFully(0, (int) expected.size()));
    }
  }
}
