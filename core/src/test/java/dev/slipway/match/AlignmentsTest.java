// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AlignmentsTest {
  @Test
  void sortsSuffixesOfABookExample() {
    assertThat(SuffixArray.of(ascii("banana")).order()).containsExactly(5, 3, 1, 0, 4, 2);
    assertThat(SuffixArray.of(new byte[0]).order()).isEmpty();
  }

  @Property(tries = 500)
  void sortsSuffixesAsComparingThemDoes(
      @ForAll @Size(max = 200) @ByteRange(min = -1, max = 1) byte[] text) {
    int[] expected =
        IntStream.range(0, text.length)
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(text, a, text.length, text, b, text.length))
            .mapToInt(Integer::intValue)
            .toArray();
    assertThat(SuffixArray.of(text).order()).isEqualTo(expected);
  }

  @Property(tries = 500)
  void findsALongestMatch(
      @ForAll @Size(min = 1, max = 60) @ByteRange(min = 0, max = 2) byte[] text,
      @ForAll @Size(min = 1, max = 20) @ByteRange(min = 0, max = 2) byte[] wanted) {
    SuffixArray suffixes = SuffixArray.of(text);
    int expected = 0;
    for (int i = 0; i < text.length; i++) {
      int mismatch = Arrays.mismatch(text, i, text.length, wanted, 0, wanted.length);
      expected = Math.max(expected, mismatch < 0 ? wanted.length : mismatch);
    }
    int length = suffixes.longestMatch(wanted, 0);
    assertThat(length).isEqualTo(expected);
    int at = suffixes.matchOffset();
    assertThat(Arrays.equals(text, at, at + length, wanted, 0, length)).isTrue();
  }

  @Test
  void carriesOnOverSingleBytesThatDiffer() {
    byte[] old = random(4000);
    byte[] changed = old.clone();
    for (int i = 50; i < changed.length; i += 100) {
      changed[i]++;
    }
    assertThat(Alignments.between(old, changed)).containsExactly(new Alignment(0, 0, 4000));
  }

  @Test
  void findsWhatWasMovedAndWhatIsNew() {
    byte[] old = random(3000);
    byte[] fresh = ascii("something that was not there before");
    var made = new ByteArrayOutputStream();
    made.write(old, 2000, 1000);
    made.writeBytes(fresh);
    made.write(old, 0, 2000);
    List<Alignment> found = Alignments.between(old, made.toByteArray());
    assertThat(found).hasSize(2);
    assertThat(DiffStep.of(found, made.size()).get(0)).isEqualTo(new DiffStep(0, 0, 2000));
    assertThat(made.toByteArray()).isEqualTo(patched(old, made.toByteArray(), found));
  }

  @Property(tries = 1000)
  void stepsMakeTheNewBytes(
      @ForAll @Size(max = 300) @ByteRange(min = 0, max = 3) byte[] old,
      @ForAll @Size(max = 300) @ByteRange(min = 0, max = 3) byte[] made) {
    assertThat(patched(old, made, Alignments.between(old, made))).isEqualTo(made);
  }

  /** Applies the steps as bspatch would, with differences and new bytes taken from the result. */
  private static byte[] patched(byte[] old, byte[] wanted, List<Alignment> alignments) {
    var out = new ByteArrayOutputStream();
    int at = 0;
    for (DiffStep step : DiffStep.of(alignments, wanted.length)) {
      for (int i = 0; i < step.diffLength(); i++) {
        byte difference = (byte) (wanted[out.size()] - old[at]);
        out.write(old[at++] + difference);
      }
      out.write(wanted, out.size(), (int) step.extraLength());
      at += (int) step.seek();
    }
    return out.toByteArray();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
