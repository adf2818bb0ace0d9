// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Two images, of which the second came from the first by some edits. */
record EditedImage(byte[] before, byte[] after) {

  /** Of up to a few steps, with pieces kept, moved, touched here and there, zeroed and made new. */
  static Arbitrary<EditedImage> any() {
    Arbitrary<Integer> sizes =
        Arbitraries.of(0, 1, 100, 4095, 4096, 4097, 70_000, (1 << 20) - 1, 1 << 20, 2_500_000);
    return Combinators.combine(sizes, Arbitraries.integers().between(0, 12), Arbitraries.longs())
        .as(EditedImage::of);
  }

  static EditedImage of(int size, int edits, long seed) {
    var random = new Random(seed);
    byte[] before = content(random, size);
    var after = new ByteArrayOutputStream();
    for (int i = 0; i < edits; i++) {
      int length = random.nextInt(1 << random.nextInt(19));
      int from = size == 0 ? 0 : random.nextInt(size);
      length = random.nextBoolean() ? length & -4096 : length;
      byte[] kept = Arrays.copyOfRange(before, from, Math.max(from, Math.min(size, from + length)));
      switch (random.nextInt(5)) {
        case 0 -> after.writeBytes(content(random, length));
        case 1 -> after.writeBytes(new byte[length]);
        case 2 -> after.writeBytes(kept);
        case 3 -> after.writeBytes(touched(random, kept));
        default -> {
          byte[] earlier = after.toByteArray();
          int start = earlier.length == 0 ? 0 : random.nextInt(earlier.length);
          after.write(earlier, start, Math.min(length, earlier.length - start));
        }
      }
    }
    return new EditedImage(before, after.toByteArray());
  }

  private static byte[] content(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      for (int i = 0; i < length; i++) {
        bytes[i] &= 3; // something that can be compressed
      }
    }
    return bytes;
  }

  private static byte[] touched(Random random, byte[] bytes) {
    byte[] touched = bytes.clone();
    for (int i = random.nextInt(64); i < touched.length; i += 1 + random.nextInt(200)) {
      touched[i] += (byte) random.nextInt(4);
    }
    return touched;
  }

  @Override
  public String toString() {
    return "image of " + before.length + " bytes edited to one of " + after.length;
  }
}
