// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Plain texts of many kinds, the same on every run. */
enum Samples {
  ZEROS,
  RANDOM,
  /** Few different bytes, short matches. */
  DENSE,
  /** Words, as in a changelog. */
  TEXT,
  /** Records with counters in them, as in a table of a program. */
  RECORDS,
  /** Text, then random bytes, then zeros, and so on. */
  MIXED;

  byte[] bytes(int size) {
    var random = new Random(size * 31L + ordinal());
    byte[] bytes = new byte[size];
    switch (this) {
      case ZEROS -> Arrays.fill(bytes, (byte) 0);
      case RANDOM -> random.nextBytes(bytes);
      case DENSE -> {
        for (int i = 0; i < size; i++) {
          bytes[i] = (byte) "aab\n".charAt(random.nextInt(4));
        }
      }
      case TEXT -> bytes = text(random, size);
      case RECORDS -> {
        for (int i = 0; i < size; i++) {
          int record = i / 24;
          bytes[i] =
              (byte)
                  switch (i % 24) {
                    case 0, 1 -> record >>> 8 * (i % 24);
                    case 8 -> random.nextInt(16);
                    case 16 -> record * 7;
                    default -> 0;
                  };
        }
      }
      case MIXED -> {
        for (int at = 0; at < size; ) {
          int step = Math.min(size - at, 1 + random.nextInt(40_000));
          Samples kind = values()[random.nextInt(MIXED.ordinal())];
          System.arraycopy(kind.bytes(step), 0, bytes, at, step);
          at += step;
        }
      }
    }
    return bytes;
  }

  private static byte[] text(Random random, int size) {
    String[] words = new String[400];
    for (int i = 0; i < words.length; i++) {
      var word = new StringBuilder();
      for (int left = 1 + random.nextInt(9); left > 0; left--) {
        word.append((char) ('a' + Math.min(random.nextInt(26), random.nextInt(26))));
      }
      words[i] = word.toString();
    }
    var out = new ByteArrayOutputStream();
    while (out.size() < size) {
      double skew = random.nextDouble();
      String word = words[(int) (words.length * skew * skew)];
      out.writeBytes(
          (word + (random.nextInt(12) == 0 ? ".\n  * " : " ")).getBytes(StandardCharsets.US_ASCII));
    }
    return Arrays.copyOf(out.toByteArray(), size);
  }
}
