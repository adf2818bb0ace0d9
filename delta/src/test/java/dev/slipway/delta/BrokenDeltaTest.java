// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong, it is said in one sentence, and no target is taken for good. */
class BrokenDeltaTest {
  private static final long SEED = 20261128;
  private static final EditedImage PAIR = EditedImage.of(70_000, 9, SEED);
  private static final int MUTATIONS = 10_000;
  private static final int QUICK_MUTATIONS = 400;

  private static byte[] delta;

  @TempDir Path directory;

  @BeforeAll
  static void make(@TempDir Path scratch) throws IOException {
    delta = new DeltaFiles(scratch).make(PAIR, Profile.MAX, Runnable::run);
  }

  @Test
  void refusesADeltaCutAnywhere() throws IOException {
    var files = new DeltaFiles(directory);
    for (int length = 0; length < delta.length; length += length < 400 ? 1 : 997) {
      byte[] cut = Arrays.copyOf(delta, length);
      assertThatThrownBy(() -> files.apply(PAIR.before(), cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(FormatException.class);
      assertThat(files.target()).doesNotExist();
      files.clear();
    }
  }

  /**
   * The whole delta goes on where each cut one had to stop, at the end of a frame and within it.
   */
  @Test
  void goesOnWhereACutDeltaEnded() throws IOException {
    var files = new DeltaFiles(directory);
    EditedImage pair = severalSteps();
    byte[] whole = files.make(pair, Profile.FAST, Runnable::run);
    int cuts = 0;
    int start = DeltaHeader.BYTES;
    for (int end = frameEnd(whole, start); end >= 0; end = frameEnd(whole, start)) {
      for (int length : new int[] {(start + end) / 2, end}) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> files.apply(pair.before(), cut))
            .as("cut to %d bytes", length)
            .isInstanceOf(FormatException.class)
            .hasMessageContaining("ends early");
        assertThat(files.target()).doesNotExist();
        assertThat(files.apply(pair.before(), whole)).isEqualTo(pair.after());
        cuts++;
      }
      start = end;
    }
    assertThat(cuts).isGreaterThan(12);
  }

  /** More than may be written twice, with something of every kind in each step. */
  private static EditedImage severalSteps() {
    var random = new Random(SEED);
    byte[] before = new byte[7 << 20];
    random.nextBytes(before);
    byte[] after = before.clone();
    for (int step = 0; step < after.length; step += 1 << 20) {
      byte[] fresh = new byte[100_000];
      random.nextBytes(fresh);
      System.arraycopy(fresh, 0, after, step + 1000, fresh.length);
      for (int i = 0; i < 50_000; i += 1 + random.nextInt(50)) {
        after[step + 500_000 + i]++;
      }
      Arrays.fill(after, step + 700_000, step + 710_000, (byte) 0);
    }
    return new EditedImage(before, after);
  }

  @Test
  void refusesDataBehindTheEnd() {
    byte[] longer = Arrays.copyOf(delta, delta.length + 1);
    assertThatThrownBy(() -> new DeltaFiles(directory).apply(PAIR.before(), longer))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("data behind the end");
  }

  @Test
  void survivesMutations() throws IOException {
    survives(QUICK_MUTATIONS);
  }

  @Test
  @Tag("slow")
  void survivesTenThousandMutations() throws IOException {
    survives(MUTATIONS);
  }

  /** Half of the mutations get their checksums mended, so that they reach what is behind them. */
  private void survives(int mutations) throws IOException {
    var files = new DeltaFiles(directory);
    var random = new Random(SEED);
    int unnoticed = 0;
    for (int i = 0; i < mutations; i++) {
      byte[] mutated = delta.clone();
      int changes = 1 + random.nextInt(3);
      for (int k = 0; k < changes; k++) {
        int at = random.nextInt(random.nextBoolean() ? 200 : mutated.length);
        mutated[at] =
            (byte) (random.nextBoolean() ? random.nextInt() : mutated[at] ^ 1 << random.nextInt(8));
      }
      if (random.nextBoolean()) {
        mendChecksums(mutated);
      }
      try {
        assertThat(files.apply(PAIR.before(), mutated)).isEqualTo(PAIR.after());
        unnoticed++;
      } catch (FormatException e) {
        assertThat(e.getMessage()).startsWith("delta: ");
      } catch (IOException e) {
        assertThat(e.getMessage())
            .as("mutation %d, seed %d", i, SEED)
            .matches(
                ".*(needs .* of memory|left, and applying needs|making it .* bytes long|write at byte).*");
      }
      assertThat(files.target()).as("mutation %d, seed %d", i, SEED).doesNotExist();
      files.clear();
      explain(mutated);
    }
    assertThat(unnoticed).isLessThan(mutations / 10); // a changed byte changed back, and the like
  }

  private static void explain(byte[] mutated) throws IOException {
    try {
      assertThat(DeltaReport.of(new ByteArrayInputStream(mutated), "delta").entries()).isNotEmpty();
    } catch (FormatException e) {
      assertThat(e.getMessage()).startsWith("delta: ");
    } catch (IOException e) {
      assertThat(e.getMessage()).matches("delta: reading it needs .* of memory.* -Xmx\\d+m");
    }
  }

  /** Else mended checksums would not be where the reader looks for them. */
  @Test
  void framesAreFollowedToTheEnd() throws IOException {
    for (byte[] made :
        List.of(
            delta, new DeltaFiles(directory).make(severalSteps(), Profile.FAST, Runnable::run))) {
      int at = DeltaHeader.BYTES;
      for (int next = frameEnd(made, at); next >= 0; next = frameEnd(made, at)) {
        at = next;
      }
      assertThat(at).isEqualTo(made.length - 1);
      assertThat(made[at]).isEqualTo((byte) -1);
    }
  }

  /** Makes the header and as many frames as can be followed say that they are whole. */
  private static void mendChecksums(byte[] mutated) {
    int end = DeltaHeader.BYTES - Integer.BYTES;
    var crc = new CRC32C();
    crc.update(mutated, 0, end);
    ByteBuffer.wrap(mutated).order(ByteOrder.LITTLE_ENDIAN).putInt(end, (int) crc.getValue());
    int at = DeltaHeader.BYTES;
    for (int next = frameEnd(mutated, at); next >= 0; next = frameEnd(mutated, at)) {
      int checksum = next - Integer.BYTES;
      crc.reset();
      crc.update(mutated, at, checksum - at);
      ByteBuffer.wrap(mutated).putInt(checksum, (int) crc.getValue());
      at = next;
    }
  }

  /** Where the frame ends that starts somewhere, with its checksum; -1 when it would not fit. */
  private static int frameEnd(byte[] delta, int start) {
    if (start + 7 >= delta.length || delta[start] == -1) {
      return -1;
    }
    int control = delta[start + 1] & 0xff;
    int length =
        control >= 0x80
            ? (control >= 0xc0 ? 6 : 5) + u16(delta, start + 4) + 1
            : 4 + ((delta[start + 2] & 0xff) << 16) + u16(delta, start + 3) + 1;
    int end = start + 1 + length + Integer.BYTES;
    return end > delta.length ? -1 : end;
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  @Test
  void saysThatTheSourceIsAnother() {
    byte[] other = PAIR.before().clone();
    for (int i = 0; i < other.length; i += 100) {
      other[i]++;
    }
    assertThatThrownBy(() -> new DeltaFiles(directory).apply(other, delta))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the source is not");
    assertThat(directory.resolve("made")).doesNotExist();
  }

  @Test
  void saysThatTheSourceIsTooSmall() {
    assertThatThrownBy(() -> new DeltaFiles(directory).apply(new byte[10], delta))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "delta: was made from an image of 70000 bytes, but the source has 10: it is another image");
  }

  /** 16 MiB are what applying takes beside what it announces, 8 the rest of a program's. */
  @Test
  void noMoreMemoryIsAllowedThanTheHeapCanGive() {
    assertThat(DeltaApplier.memoryMax(64L << 20)).isEqualTo(Size.mib(40));
    assertThat(DeltaApplier.memoryMax(10L << 20)).isEqualTo(Size.bytes(0));
    assertThat(DeltaApplier.memoryMax(8L << 30)).isEqualTo(Size.mib(192));
  }

  @Test
  void saysHowMuchMemoryIsNeeded() throws IOException {
    var applier = new DeltaApplier(BlockSource.bytes(PAIR.before()), directory, Size.kib(4));
    try (Destination destination = Destination.file(directory.resolve("made"))) {
      assertThatThrownBy(
              () ->
                  applier.apply(
                      new ByteArrayInputStream(delta), "delta", destination, Progress.none()))
          .hasMessageContaining("of memory, and 4 KiB are allowed");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void explainsOnlyWhatFitsIntoTheHeap() throws IOException {
    DeltaHeader header = DeltaHeader.read(new ByteArrayInputStream(delta), "delta");
    long needed = header.dictionaryBytes();
    Explanation.checkMemory(header, "delta", 2 * needed);
    assertThatThrownBy(() -> Explanation.checkMemory(header, "delta", 2 * needed - 1))
        .hasMessageStartingWith("delta: reading it needs ")
        .hasMessageContaining("start it with a larger heap, -Xmx");
  }

  @Test
  void refusesADeviceThatIsTooSmall() throws IOException {
    Path device = Files.write(directory.resolve("device"), new byte[100]);
    try (Destination destination = Destination.inPlace(device, directory.resolve("state"))) {
      assertThatThrownBy(
              () ->
                  new DeltaFiles(directory)
                      .apply(BlockSource.bytes(PAIR.before()), delta, destination))
          .hasMessageContaining("is too small");
    }
  }
}
