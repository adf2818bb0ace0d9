// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BitSink;
import java.io.IOException;
import java.util.Arrays;

/**
 * The two codes of a dynamic block, and the header that sends them: their lengths, with runs
 * shortened, in a third code.
 *
 * <pre>
 * HLIT(5) HDIST(5) HCLEN(4)  lengths of the third code(3 each)  runs of lengths, in the third code
 * </pre>
 */
final class BlockHeader {
  private static final int REPEAT = 16; // the length before, 3 to 6 times: 2 more bits
  private static final int ZEROS = 17; // 3 to 10 zeros: 3 more bits
  private static final int MANY_ZEROS = 18; // 11 to 138 zeros: 7 more bits
  private static final int FIXED_BITS = 5 + 5 + 4;

  final byte[] literalLengths = new byte[DeflateFormat.LITERAL_CODES];
  final byte[] distanceLengths = new byte[DeflateFormat.DISTANCE_CODES];

  private final CodeLengths chooser = new CodeLengths();
  private final byte[] runLengths = new byte[DeflateFormat.LENGTH_CODES];
  private final int[] runFrequencies = new int[DeflateFormat.LENGTH_CODES];

  /** Each run: its symbol, and from bit 8 on what its further bits say. */
  private final int[] runs = new int[DeflateFormat.LITERAL_CODES + DeflateFormat.DISTANCE_CODES];

  private int runCount;
  private int literalCount;
  private int distanceCount;
  private int runLengthCount;

  /** Chooses the codes for the frequencies of a block. */
  void choose(int[] literalFrequencies, int[] distanceFrequencies) {
    literalCount =
        1
            + chooser.choose(
                literalFrequencies,
                DeflateFormat.LITERAL_CODES,
                DeflateFormat.CODE_BITS_MAX,
                literalLengths);
    distanceCount =
        1
            + chooser.choose(
                distanceFrequencies,
                DeflateFormat.DISTANCE_CODES,
                DeflateFormat.CODE_BITS_MAX,
                distanceLengths);
    runCount = 0;
    Arrays.fill(runFrequencies, 0);
    addRuns(literalLengths, literalCount);
    addRuns(distanceLengths, distanceCount);
    chooser.choose(
        runFrequencies, DeflateFormat.LENGTH_CODES, DeflateFormat.LENGTH_CODE_BITS_MAX, runLengths);
    runLengthCount = DeflateFormat.LENGTH_CODES;
    while (runLengthCount > 4 && runLengths[DeflateFormat.lengthCodeAt(runLengthCount - 1)] == 0) {
      runLengthCount--;
    }
  }

  private void addRuns(byte[] lengths, int count) {
    int previous = -1;
    int at = 0;
    while (at < count) {
      int length = lengths[at];
      int most = length == 0 ? 138 : length == previous ? 6 : 7;
      int run = 1;
      while (run < most && at + run < count && lengths[at + run] == length) {
        run++;
      }
      at += run;
      if (length == 0) {
        addZeros(run);
      } else {
        addLengths(length, run, length == previous);
      }
      previous = length;
    }
  }

  private void addZeros(int run) {
    if (run < 3) {
      for (int i = 0; i < run; i++) {
        add(0, 0);
      }
    } else if (run <= 10) {
      add(ZEROS, run - 3);
    } else {
      add(MANY_ZEROS, run - 11);
    }
  }

  private void addLengths(int length, int run, boolean again) {
    int least = again ? 3 : 4;
    if (run < least) {
      for (int i = 0; i < run; i++) {
        add(length, 0);
      }
      return;
    }
    if (!again) {
      add(length, 0);
    }
    add(REPEAT, run - least);
  }

  private void add(int symbol, int more) {
    runs[runCount++] = symbol | more << 8;
    runFrequencies[symbol]++;
  }

  private static int moreBits(int symbol) {
    return symbol < REPEAT ? 0 : symbol == REPEAT ? 2 : symbol == ZEROS ? 3 : 7;
  }

  /** How long the header is. */
  int bits() {
    int bits = FIXED_BITS + 3 * runLengthCount;
    for (int symbol = 0; symbol < runFrequencies.length; symbol++) {
      bits += runFrequencies[symbol] * (runLengths[symbol] + moreBits(symbol));
    }
    return bits;
  }

  void send(BitSink out) throws IOException {
    out.put(literalCount - 257, 5);
    out.put(distanceCount - 1, 5);
    out.put(runLengthCount - 4, 4);
    for (int place = 0; place < runLengthCount; place++) {
      out.put(runLengths[DeflateFormat.lengthCodeAt(place)], 3);
    }
    int[] codes = DeflateFormat.codes(runLengths);
    for (int i = 0; i < runCount; i++) {
      int symbol = runs[i] & 0xff;
      out.put(codes[symbol], runLengths[symbol]);
      out.put(runs[i] >>> 8, moreBits(symbol));
    }
  }
}
