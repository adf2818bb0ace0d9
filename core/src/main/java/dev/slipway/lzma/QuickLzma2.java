// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Compresses into raw LZMA2, for speed rather than for the last per cent.
 *
 * <p>Idea: one match is looked for at each place, in rows ({@link RowFinder}); it is taken unless
 * the next place has a better one. No prices, no optimal parsing. Bytes that look random are stored
 * without looking at them. Every decoder of LZMA2 reads the result, and the same bytes always give
 * the same result.
 *
 * <p>Memory: the dictionary and as much again, at least 4 MiB; and 5 to 10 bytes for each byte of
 * it up to 4 MiB.
 */
public final class QuickLzma2 {
  private static final int MATCH_MAX = 273;
  private static final int MATCH_MIN = 2;

  private static final int CHUNK_PLAIN = Chunks.PLAIN_MAX - MATCH_MAX;
  private static final int CHUNK_PACKED = Chunks.PACKED_MAX;

  /** A match this long is taken at once. */
  private static final int LONG = 32;

  /** Of a match longer than this only the first and last positions are noted. */
  private static final int NOTED = 96;

  private static final int NOTED_ENDS = 32;

  /** A later match must be worth so many bits more, because a literal goes before it. */
  private static final int LITERAL_COST = 4;

  /** After this many literals in a row, as a power of two, places are passed without a look. */
  private static final int RUN_SHIFT = 7;

  private static final int PASS_MAX = 8;

  /** Where the dictionary starts in the buffer: positions keep their lowest four bits. */
  private static final int ORIGIN = 16;

  private final InputStream in;
  private final Chunks chunks;
  private final RangeOutput range = new RangeOutput(CHUNK_PACKED + 2 * Chunks.SYMBOL_MAX);
  private final Symbols symbols;
  private final int reach;
  private final byte[] bytes;
  private final RowFinder finder;

  private int position = ORIGIN;
  private int limit = ORIGIN;
  private boolean ended;
  private int literals;

  /** Whether the finder was asked about the position already. */
  private boolean looked;

  private QuickLzma2(InputStream in, long size, Parameters parameters, OutputStream out) {
    this.in = in;
    chunks = new Chunks(out, parameters);
    symbols = new Symbols(range, parameters);
    reach = (int) Math.min(parameters.dictionaryBytes(), Math.max(size, 1));
    long ahead = Math.max(reach, 2L * CHUNK_PLAIN);
    bytes = new byte[(int) (ORIGIN + Math.min(size, reach + ahead)) + MATCH_MAX];
    finder = new RowFinder(bytes, reach);
  }

  /** Compresses a source, up to and with the byte that ends the stream; the stream stays open. */
  public static void compress(BlockSource plain, Parameters parameters, OutputStream out)
      throws IOException {
    try (InputStream in = plain.stream(0, plain.size())) {
      new QuickLzma2(in, plain.size(), parameters, out).run();
    }
  }

  private void run() throws IOException {
    for (fill(); position < limit; fill()) {
      int length = Math.min(Chunks.STORED_MAX, limit - position);
      if (Randomness.looksRandom(bytes, position, length)) {
        chunks.store(bytes, position, length);
        position += length;
        looked = false;
        literals = 0;
      } else {
        chunk();
      }
    }
    chunks.end();
  }

  /** Makes sure that a whole chunk lies ahead, if there is so much. */
  private void fill() throws IOException {
    int wanted = CHUNK_PLAIN + MATCH_MAX;
    if (ended || limit - position >= wanted) {
      return;
    }
    if (bytes.length - position < wanted) {
      int shift = position - ORIGIN - Math.min(position - ORIGIN, reach + ORIGIN) & -ORIGIN;
      if (shift > 0) {
        System.arraycopy(bytes, shift, bytes, 0, limit - shift);
        finder.moved(shift);
        position -= shift;
        limit -= shift;
      }
    }
    int room = bytes.length - limit;
    int count = in.readNBytes(bytes, limit, room);
    ended = count < room;
    limit += count;
  }

  private void chunk() throws IOException {
    if (chunks.startsAnew()) {
      symbols.reset();
    }
    range.begin();
    int start = position;
    while (position < limit && position - start < CHUNK_PLAIN && range.size() <= CHUNK_PACKED) {
      step();
    }
    chunks.pack(bytes, start, position - start, range);
  }

  /** Codes one symbol, or a few literals. */
  private void step() {
    int at = position;
    int most = Math.min(MATCH_MAX, limit - at);
    if (most < RowFinder.LOOK) {
      literal();
      return;
    }
    if (!looked) {
      finder.find(at, at + most);
    }
    looked = false;
    int length = finder.length();
    int distance = finder.distance();
    int rep = bestRep(at, at + most);
    if (repLength >= MATCH_MIN && isRepBetter(length, distance)) {
      symbols.repeat(at, rep, repLength);
      pass(at + 1, repLength - 1);
      return;
    }
    if (length == 0) {
      int count = 1 + Math.min(PASS_MAX, literals >>> RUN_SHIFT);
      // A full chunk has room for one symbol more, not for several.
      for (int i = Math.min(count, limit - at); i > 0 && range.size() <= CHUNK_PACKED; i--) {
        literal();
      }
      return;
    }
    if (length < LONG && limit - at - 1 >= RowFinder.LOOK) {
      int end = Math.min(at + 1 + MATCH_MAX, limit);
      finder.find(at + 1, end);
      looked = true;
      bestRep(at + 1, end);
      if (repLength >= Math.max(MATCH_MIN, length - 1)
          || finder.length() > 0
              && RowFinder.score(finder.length(), finder.distance())
                  > RowFinder.score(length, distance) + LITERAL_COST) {
        literal();
        return;
      }
    }
    symbols.match(at, distance, length);
    int noted = looked ? 2 : 1;
    looked = false;
    pass(at + noted, length - noted);
    position = at + length;
  }

  private void literal() {
    symbols.literal(bytes, position++);
    literals++;
  }

  private int repLength;

  /** The repeat that matches longest. */
  private int bestRep(int at, int end) {
    repLength = 0;
    int best = 0;
    for (int i = 0; i < Symbols.REPS; i++) {
      int from = at - symbols.reps[i] - 1;
      if (from < ORIGIN || bytes[from] != bytes[at] || bytes[from + 1] != bytes[at + 1]) {
        continue;
      }
      int length = RowFinder.same(bytes, from, at, end);
      if (length > repLength) {
        repLength = length;
        best = i;
      }
    }
    return best;
  }

  /** Whether a repeat is as good as a match that may be longer, but whose distance costs. */
  private boolean isRepBetter(int length, int distance) {
    return repLength + 1 >= length
        || repLength + 2 >= length && distance >= 1 << 9
        || repLength + 3 >= length && distance >= 1 << 15;
  }

  /** Notes the positions that a match covers, and goes behind it. */
  private void pass(int start, int length) {
    literals = 0;
    int end = start + length;
    int last = Math.min(end, limit - RowFinder.LOOK);
    if (length > NOTED) {
      for (int i = start; i < start + NOTED_ENDS; i++) {
        finder.add(i);
      }
      start = end - NOTED_ENDS;
    }
    for (int i = start; i < last; i++) {
      finder.add(i);
    }
    position = end;
  }
}
