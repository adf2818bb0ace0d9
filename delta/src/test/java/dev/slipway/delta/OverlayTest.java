// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayTest {
  @TempDir Path scratch;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(Overlay overlay, int length) throws IOException {
    return new String(overlay.readFully(0, length), StandardCharsets.US_ASCII);
  }

  @Test
  void showsWhatWasWrittenOverTheSourceAndZerosBehindIt() throws IOException {
    try (Overlay overlay = Overlay.over(BlockSource.bytes(ascii("0123456789")), scratch)) {
      assertThat(text(overlay, 12)).isEqualTo("0123456789\0\0");
      overlay.sink().write(2, ascii("ab"));
      overlay.sink().write(4, ascii("c"));
      overlay.sink().write(7, ascii("d"));
      assertThat(text(overlay, 12)).isEqualTo("01abc56d89\0\0");
      overlay.sink().write(9, ascii("efg"));
      overlay.sink().write(14, ascii("h"));
      assertThat(text(overlay, 16)).isEqualTo("01abc56d8efg\0\0h\0");
    }
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void isWrittenForward() throws IOException {
    try (Overlay overlay = Overlay.over(BlockSource.bytes(new byte[0]), scratch)) {
      overlay.sink().write(5, ascii("ab"));
      assertThatThrownBy(() -> overlay.sink().write(6, ascii("c")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("bug: written at 6, before 7");
    }
  }

  /** The trial of a delta that moves things about, and copies from the target, keeps nothing. */
  @Test
  void aTrialMakesTheWholeTargetAndLeavesNothing() throws IOException {
    EditedImage pair = EditedImage.of(2_500_000, 12, 5);
    byte[] delta = new DeltaFiles(scratch).make(pair, Profile.BALANCED, Runnable::run);
    BlockSource source = BlockSource.bytes(pair.before());
    Applied applied;
    try (Destination nowhere = Destination.trial(source, scratch)) {
      applied =
          DeltaApplier.of(source, scratch)
              .apply(new ByteArrayInputStream(delta), "delta", nowhere, Progress.none());
    }
    assertThat(applied.targetBytes()).isEqualTo(pair.after().length);
    assertThat(applied.presentBytes() + applied.writtenBytes()).isEqualTo(pair.after().length);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void aTrialThatFailsLeavesNothingEither() throws IOException {
    EditedImage pair = EditedImage.of(70_000, 9, 5);
    byte[] delta = new DeltaFiles(scratch).make(pair, Profile.FAST, Runnable::run);
    delta[delta.length - 20]++;
    BlockSource source = BlockSource.bytes(pair.before());
    try (Destination nowhere = Destination.trial(source, scratch)) {
      var in = new ByteArrayInputStream(delta);
      assertThatThrownBy(
              () -> DeltaApplier.of(source, scratch).apply(in, "delta", nowhere, Progress.none()))
          .isInstanceOf(IOException.class);
    }
    assertThat(scratch).isEmptyDirectory();
  }
}
