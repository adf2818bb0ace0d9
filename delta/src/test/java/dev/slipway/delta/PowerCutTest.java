// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An applying process killed at random moments is followed by one that ends in the right bytes. */
@Tag("slow")
class PowerCutTest {
  private static final long SEED = 20261128;
  private static final int KILLS = Boolean.getBoolean("slipway.long") ? 200 : 20;

  /** After so many kills one may run to its end. */
  private static final int KILLS_IN_A_ROW = 3;

  @Test
  void everyResumeEndsInTheRightBytes(@TempDir Path directory) throws Exception {
    var random = new Random(SEED);
    byte[] before = new byte[48 << 20];
    random.nextBytes(before);
    byte[] after = changed(before, random);
    var files = new DeltaFiles(directory);
    Files.write(
        directory.resolve("delta"),
        files.make(new EditedImage(before, after), Profile.BALANCED, Runnable::run));
    Files.write(directory.resolve("before"), before);
    Path made = directory.resolve("made");

    long started = System.nanoTime();
    assertThat(ApplyProcess.start(directory).waitFor()).isZero();
    long wholeMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    assertThat(made).hasBinaryContent(after);
    Files.delete(made);

    for (int kill = 1; kill <= KILLS; kill++) {
      Process process = ApplyProcess.start(directory);
      if (!process.waitFor(random.nextLong(wholeMillis) + 1, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      if (Files.exists(made)) {
        assertThat(made).as("kill %d, seed %d", kill, SEED).hasBinaryContent(after);
        Files.delete(made);
      }
      if (kill % KILLS_IN_A_ROW == 0) {
        assertThat(ApplyProcess.start(directory).waitFor())
            .as("kill %d, seed %d: %s", kill, SEED, directory.resolve("log"))
            .isZero();
        assertThat(made).as("kill %d, seed %d", kill, SEED).hasBinaryContent(after);
        Files.delete(made);
      }
    }
  }

  /** Moved, touched, and with a member that takes its time to be rebuilt. */
  private static byte[] changed(byte[] before, Random random) throws IOException {
    var out = new ByteArrayOutputStream();
    out.write(before, 8 << 20, 40 << 20);
    var text = new ByteArrayOutputStream();
    for (int i = 0; i < 300_000; i++) {
      text.writeBytes(
          ("line " + random.nextInt(100_000) + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    var member = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(member)) {
      text.writeTo(gzip);
    }
    member.writeTo(out);
    byte[] touched = Arrays.copyOf(before, 8 << 20);
    for (int i = 0; i < touched.length; i += 1 + random.nextInt(300)) {
      touched[i]++;
    }
    out.writeBytes(touched);
    return out.toByteArray();
  }
}
