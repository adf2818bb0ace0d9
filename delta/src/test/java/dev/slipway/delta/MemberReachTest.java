// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members whose first bytes lie in blocks that both images have, as those of an initramfs do. */
class MemberReachTest {
  private static final int LINES = 200_000;
  private static final int CHANGED = 80_000;

  @TempDir Path directory;

  @Test
  void aMemberIsFoundThatBeginsFarBeforeItsFirstDifference() throws IOException {
    byte[] before = zipped("old");
    byte[] after = zipped("new");
    assertThat(Arrays.mismatch(before, after)).isGreaterThan(1 << 18);
    byte[] delta = make(before, after);
    assertThat(delta.length).isLessThan(after.length / 50);
    assertThat(new DeltaFiles(directory).apply(before, delta)).isEqualTo(after);
  }

  private byte[] make(byte[] before, byte[] after) throws IOException {
    try (BlockDelta made =
        BlockDelta.between(
            Volume.of(BlockSource.bytes(before)),
            Volume.of(BlockSource.bytes(after)),
            DeltaOptions.of(directory).withProfile(Profile.MAX),
            Progress.none())) {
      var out = new ByteArrayOutputStream();
      made.writeTo(out);
      return out.toByteArray();
    }
  }

  /** Lines of which one tells the release; behind it, every compressed byte is another. */
  private static byte[] zipped(String release) throws IOException {
    var random = new Random(5);
    var text = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      text.append(i == CHANGED ? "release " + release : "line " + random.nextInt()).append('\n');
    }
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
    return out.toByteArray();
  }
}
