// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.Slot;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class SlotWriterTest {
  private static final int BYTES = 20 << 20;

  @TempDir Path directory;
  private final byte[] image = new byte[BYTES];
  private final Digest digest;

  SlotWriterTest() {
    new Random(1).nextBytes(image);
    digest = Digest.of(image);
  }

  /** Takes every write, and fails the first flush: what was written before is lost. */
  private static final class LosingSink implements BlockSink {
    private boolean failed;

    @Override
    public void write(long position, ByteBuffer bytes) {}

    @Override
    public void flush() throws IOException {
      if (!failed) {
        failed = true;
        throw new IOException("Input/output error");
      }
    }

    @Override
    public void close() {}
  }

  /** Half of the image, and then what {@code end} does. */
  private Content halfThen(InputStream end) {
    var half = new ByteArrayInputStream(image, 0, BYTES / 2);
    return Content.of(BYTES, digest, () -> new SequenceInputStream(half, end));
  }

  private long write(Content content, BlockSink sink) throws IOException {
    var fresh = new InstallState(Slot.B, digest, 0);
    fresh.write(directory);
    BlockSource slot = BlockSource.bytes(new byte[BYTES]);
    return new SlotWriter(slot, sink, directory, Pace.free())
        .write(content, fresh, Progress.none());
  }

  private long saved() throws IOException {
    return InstallState.read(directory).orElseThrow().doneBytes();
  }

  @Test
  void whatADeviceLostDoesNotCountAsDone() throws Exception {
    assertThatThrownBy(() -> write(Content.bytes(image), new LosingSink()))
        .hasMessage("Input/output error");
    assertThat(saved()).isZero();
  }

  @Test
  void aStreamThatEndsLosesNothingThatWasWritten() throws Exception {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line is gone");
          }
        };
    assertThatThrownBy(() -> write(halfThen(broken), BlockSink.inMemory(BYTES)))
        .hasMessage("the line is gone");
    assertThat(saved()).isGreaterThan(BYTES / 2 - (1 << 17));
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anErrorOfTheReadingThreadEndsTheWriting() {
    var broken =
        new InputStream() {
          @Override
          public int read() {
            throw new OutOfMemoryError("made by the test");
          }
        };
    assertThatThrownBy(() -> write(halfThen(broken), BlockSink.inMemory(BYTES)))
        .isInstanceOf(OutOfMemoryError.class);
  }
}
