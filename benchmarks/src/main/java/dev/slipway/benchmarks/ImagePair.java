// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Two releases of an image: generated ones, the same on every run, or real ones from files. */
record ImagePair(byte[] before, byte[] after) {
  /** What a benchmark's parameter says for the generated pair. */
  static final String GENERATED = "generated";

  private static final int SIZE = 8 << 20;
  private static final int PIECE = 1 << 20;

  /**
   * The pair that a parameter names.
   *
   * @param name {@value #GENERATED}, or two files: {@code OLD:NEW}
   */
  static ImagePair of(String name) throws IOException {
    if (name.equals(GENERATED)) {
      return generated();
    }
    int colon = name.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "pair: found \"" + name + "\", expected \"" + GENERATED + "\" or OLD:NEW");
    }
    return new ImagePair(
        Files.readAllBytes(Path.of(name.substring(0, colon))),
        Files.readAllBytes(Path.of(name.substring(colon + 1))));
  }

  /**
   * Mostly unchanged, some of it moved and touched, a compressed log with other lines, some new.
   */
  private static ImagePair generated() throws IOException {
    var random = new Random(1);
    byte[] before = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      before[i] = (byte) (random.nextInt(16) * random.nextInt(16));
    }
    byte[] after = before.clone();
    System.arraycopy(before, PIECE + 100, after, 2 * PIECE, PIECE);
    for (int i = 2 * PIECE; i < 3 * PIECE; i += 1 + random.nextInt(100)) {
      after[i]++;
    }
    for (int i = 5 * PIECE; i < 5 * PIECE + PIECE / 4; i++) {
      after[i] = (byte) random.nextInt(20);
    }
    put(zipped(0), before);
    put(zipped(1), after);
    return new ImagePair(before, after);
  }

  private static void put(byte[] member, byte[] image) {
    System.arraycopy(member, 0, image, 6 * PIECE, member.length);
  }

  private static byte[] zipped(int release) throws IOException {
    var random = new Random(2);
    var text = new StringBuilder();
    for (int i = 0; i < 40_000; i++) {
      int number = i % 200 == 0 ? release : random.nextInt(1000);
      text.append("line ").append(i % 100).append(" says ").append(number).append('\n');
    }
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
    return out.toByteArray();
  }
}
