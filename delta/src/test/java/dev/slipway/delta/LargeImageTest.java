// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.JavaMachines;
import dev.slipway.testing.Tool;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Images of more than 4 GiB, mostly holes, with little memory. */
@Tag("slow")
@EnabledIfSystemProperty(named = "slipway.long", matches = "true")
class LargeImageTest {
  private static final long SIZE = 5L << 30;
  private static final long APART = 40L << 20;
  private static final int PIECE = 1 << 20;
  private static final int MOVED = 12_345;

  @TempDir Path directory;

  @Test
  void aDeltaIsMadeWithin512MebibytesAndAppliedWithin64() throws Exception {
    writeImages();
    Tool.output(command("-Xmx512m", "make"));
    assertThat(Files.size(directory.resolve("delta"))).isLessThan(SIZE / 100);
    Tool.output(command("-Xmx64m", "apply"));
    assertThat(Files.mismatch(directory.resolve("made"), directory.resolve("after"))).isEqualTo(-1);
  }

  /** Pieces that stay, move by a few bytes, or change here and there; every fifth is new. */
  private void writeImages() throws IOException {
    var random = new Random(4);
    try (FileChannel before = create("before");
        FileChannel after = create("after")) {
      int number = 0;
      for (long at = 0; at < SIZE - 2 * PIECE; at += APART) {
        byte[] piece = new byte[PIECE];
        random.nextBytes(piece);
        before.write(ByteBuffer.wrap(piece), at);
        switch (number++ % 5) {
          case 1 -> after.write(ByteBuffer.wrap(piece), at + MOVED);
          case 2 -> {
            for (int i = 0; i < PIECE; i += 100) {
              piece[i]++;
            }
            after.write(ByteBuffer.wrap(piece), at);
          }
          case 3 -> {
            random.nextBytes(piece);
            after.write(ByteBuffer.wrap(piece, 0, PIECE / 4), at);
          }
          default -> after.write(ByteBuffer.wrap(piece), at);
        }
      }
      before.write(ByteBuffer.wrap(new byte[] {1}), SIZE - 1);
      after.write(ByteBuffer.wrap(new byte[] {2}), SIZE);
    }
  }

  private FileChannel create(String name) throws IOException {
    return FileChannel.open(
        directory.resolve(name),
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE,
        StandardOpenOption.SPARSE);
  }

  private String[] command(String heap, String work) {
    return new String[] {
      JavaMachines.running().toString(),
      heap,
      "-cp",
      System.getProperty("java.class.path"),
      LargeImageTest.class.getName(),
      work,
      directory.toString()
    };
  }

  /** The process whose memory is bounded: what to do, and in which directory. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[1]);
    if (arguments[0].equals("make")) {
      make(directory);
    } else {
      ApplyProcess.main(
          new String[] {
            directory.toString(), directory.resolve("made").toString(), directory.toString()
          });
    }
  }

  private static void make(Path directory) throws IOException {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    DeltaOptions options =
        DeltaOptions.of(directory)
            .withProfile(Profile.FAST)
            .withMemory(Size.mib(512))
            .withExecutor(executor);
    try (BlockSource before = BlockSource.file(directory.resolve("before"));
        BlockSource after = BlockSource.file(directory.resolve("after"));
        BlockDelta delta =
            BlockDelta.between(Volume.of(before), Volume.of(after), options, Progress.none())) {
      delta.write(directory.resolve("delta"));
    } finally {
      executor.shutdownNow();
    }
  }
}
