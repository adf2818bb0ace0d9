// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Compresses differences into raw LZMA2 thoroughly: what is written to it is coded by the symbols
 * that cost least ({@link CheapestPath}), among the matches that {@link MatchRows} finds. It is
 * made for bytes that are mostly zeros; of text a binary tree would find more.
 *
 * <p>Every decoder of LZMA2 reads the result, and the same bytes always give the same result,
 * however they are cut into writes.
 */
public final class ThoroughLzma2 extends OutputStream {
  /** Where the dictionary starts in the buffer: positions keep their lowest four bits. */
  static final int ORIGIN = 16;

  /** What lies behind the position while more may come. */
  private static final int AHEAD = 2 * CheapestPath.MOST;

  private static final int STEP_MIN = 1 << 20;

  /** After so many symbols the tables of prices are made anew. */
  private static final int FRESH = 128;

  /** The finder's tables, the path, the models. */
  private static final long FIXED_BYTES = 8L << 20;

  private final OutputStream out;
  private final Chunks chunks;
  private final RangeOutput range = new RangeOutput(Chunks.PACKED_MAX + 2 * Chunks.SYMBOL_MAX);
  private final Symbols symbols;
  private final Prices prices;
  private final CheapestPath path;
  private final MatchRows finder;
  private final byte[] bytes;
  private final int reach;

  private int position = ORIGIN;
  private int limit = ORIGIN;

  /** Where the open chunk starts. */
  private int chunkStart = ORIGIN;

  private int untilFresh;
  private boolean finished;

  /**
   * An encoder.
   *
   * @param size how many bytes will be written, or more: memory is taken for no more than those
   */
  public ThoroughLzma2(OutputStream out, Parameters parameters, long size) {
    this.out = out;
    chunks = new Chunks(out, parameters);
    symbols = new Symbols(range, parameters);
    prices = new Prices(symbols);
    reach = (int) Math.max(1, Math.min(parameters.dictionaryBytes(), size));
    bytes = new byte[bufferBytes(reach, size)];
    finder = new MatchRows(bytes, reach);
    path = new CheapestPath(bytes, symbols, prices, finder);
  }

  /** What an encoder takes, in bytes. */
  public static long memoryBytes(Parameters parameters, long size) {
    long reach = Math.max(1, Math.min(parameters.dictionaryBytes(), size));
    return bufferBytes((int) reach, size) + FIXED_BYTES;
  }

  private static int bufferBytes(int reach, long size) {
    long step = Math.max(STEP_MIN, reach / 2);
    return (int) (2 * ORIGIN + Math.min(size, reach + AHEAD + step));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      if (limit == bytes.length) {
        encode(limit - AHEAD);
        move();
      }
      int count = Math.min(left, bytes.length - limit);
      System.arraycopy(source, at, bytes, limit, count);
      limit += count;
      at += count;
      left -= count;
    }
  }

  /** Makes room behind what is still within reach. */
  private void move() throws IOException {
    endChunk();
    int shift = position - ORIGIN - Math.min(position - ORIGIN, reach + ORIGIN) & -ORIGIN;
    if (shift <= 0) {
      throw new IllegalArgumentException("more than the " + bytes.length + " bytes announced");
    }
    System.arraycopy(bytes, shift, bytes, 0, limit - shift);
    finder.moved(shift);
    position -= shift;
    limit -= shift;
    chunkStart -= shift;
  }

  /** Codes all that was written and the byte that ends the stream, which stays open. */
  public void finish() throws IOException {
    if (!finished) {
      finished = true;
      encode(limit);
      endChunk();
      chunks.end();
    }
  }

  @Override
  public void close() throws IOException {
    finish();
    out.close();
  }

  private void encode(int until) throws IOException {
    while (position < until) {
      if (position == chunkStart) {
        begin();
      }
      if (untilFresh <= 0) {
        prices.refresh();
        untilFresh = FRESH;
      }
      code(path.plan(position, limit));
    }
  }

  private void begin() {
    range.begin();
    if (chunks.startsAnew()) {
      symbols.reset();
      untilFresh = 0;
    }
  }

  /** Codes a path. */
  private void code(int count) throws IOException {
    boolean asPlanned = true;
    for (int i = 0; i < count; i++) {
      int length = path.chosenLength[i];
      boolean full =
          range.size() > Chunks.PACKED_MAX || position + length - chunkStart > Chunks.PLAIN_MAX;
      if (full) {
        endChunk();
        begin();
        // What was stored is not what the plan's repeats repeat.
        asPlanned &= !chunks.startsAnew();
      }
      if (asPlanned) {
        symbol(path.chosen[i], length);
        position += length;
      } else {
        for (int end = position + length; position < end; position++) {
          symbols.literal(bytes, position);
        }
      }
    }
    untilFresh -= count;
  }

  private void symbol(int symbol, int length) {
    if (symbol == CheapestPath.LITERAL) {
      symbols.literal(bytes, position);
    } else if (symbol < Symbols.REPS) {
      symbols.repeat(position, symbol, length);
    } else {
      symbols.match(position, symbol - Symbols.REPS, length);
    }
  }

  /** Ends the open chunk. */
  private void endChunk() throws IOException {
    if (position > chunkStart) {
      chunks.pack(bytes, chunkStart, position - chunkStart, range);
      chunkStart = position;
    }
  }
}
