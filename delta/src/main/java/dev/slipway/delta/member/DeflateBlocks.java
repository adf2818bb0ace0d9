// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BitSink;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Collects a block's symbols, decides where it ends, and writes it in the cheapest of the three
 * ways: stored, with the fixed code, with its own.
 */
final class DeflateBlocks {
  /** So often GNU gzip asks whether the block is small enough already to be ended. */
  private static final int EARLY_SYMBOLS = 1 << 12;

  /** What a plan's block may hold; the rules' blocks have 32767 at most. */
  static final int PLANNED_SYMBOLS_MAX = 1 << 18;

  private static final int STORED_MAX = 0xffff;
  private static final int TYPE_BITS = 3;
  private static final int STORED = 0;
  private static final int FIXED = 1;
  private static final int DYNAMIC = 2;

  private static final byte[] FIXED_LITERALS = DeflateFormat.fixedLiteralLengths();
  private static final byte[] FIXED_DISTANCES = new byte[DeflateFormat.DISTANCE_CODES];

  static {
    Arrays.fill(FIXED_DISTANCES, (byte) 5);
  }

  private final DeflateDialect dialect;
  private final BitSink out;
  private final byte[] window;
  private final BlockPlan plan;
  private final BlockHeader header = new BlockHeader();
  private final SymbolWriter writer = new SymbolWriter();

  /** Each symbol: a literal, or a length less three with the distance above it. */
  private int[] symbols;

  private int count;
  private int nextCheck;
  private final int symbolsMax;

  /** Of the first {@link #counted} symbols. */
  private final int[] literalFrequencies = new int[DeflateFormat.LITERAL_CODES];

  private final int[] distanceFrequencies = new int[DeflateFormat.DISTANCE_CODES];
  private int counted;

  private long start;
  private long windowStart;
  private BlockPlan.Block planned;
  private boolean ruled = true;

  /**
   * @param window what the blocks' bytes are copied from when they are stored
   * @param plan {@code null} to go by the rules
   */
  DeflateBlocks(DeflateDialect dialect, BitSink out, byte[] window, BlockPlan plan)
      throws IOException {
    this.dialect = dialect;
    this.out = out;
    this.window = window;
    this.plan = plan;
    symbolsMax = dialect.family().symbolBuffer - 1;
    symbols = new int[dialect.family().symbolBuffer];
    begin(0);
    nextPlanned();
  }

  /** Whether all blocks so far ended where they would have without a plan. */
  boolean followedRules() {
    return ruled;
  }

  /** The window's first byte is at another position of the input now. */
  void slide(long newStart) {
    windowStart = newStart;
  }

  void literal(byte value, long seen, long end) throws IOException {
    add(value & 0xff, seen, end);
  }

  /** Adds the last literal, which ends no block: the end of the input does. */
  void literal(byte value, long end) throws IOException {
    if (count == symbols.length) {
      grow();
    }
    symbols[count++] = value & 0xff;
    if (planned != null && !planned.last() && planned.end() == end) {
      ruled = false;
      end(end, false);
    }
  }

  /**
   * Adds a match.
   *
   * @param seen how far the encoder has looked when it decides
   * @param end the position behind the match
   */
  void match(int length, int distance, long seen, long end) throws IOException {
    add(distance << Short.SIZE | length - DeflateFormat.MATCH_MIN, seen, end);
  }

  private void add(int symbol, long seen, long end) throws IOException {
    symbols[count++] = symbol;
    if (count >= nextCheck && check(seen, end)) {
      end(end, false);
    }
  }

  private boolean check(long seen, long end) throws IOException {
    boolean rule = count == symbolsMax;
    if (!rule && dialect.endsBlocksEarly() && count % EARLY_SYMBOLS == 0) {
      rule = smallAlready(seen - start);
    }
    if (planned == null) {
      nextCheck = nextCheck();
      return rule;
    }
    boolean ends = !planned.last() && end >= planned.end();
    if (end > planned.end()) {
      throw new FormatException(
          "recipe: a block ends at byte " + planned.end() + " of the plain text, within a match");
    }
    ruled &= rule == ends;
    if (!ends && count == symbols.length) {
      grow();
    }
    return ends;
  }

  private void grow() throws IOException {
    if (count >= PLANNED_SYMBOLS_MAX) {
      throw new FormatException("recipe: a block has more than " + count + " symbols");
    }
    symbols = Arrays.copyOf(symbols, 2 * count);
  }

  private int nextCheck() {
    if (planned != null) {
      return 0;
    }
    int early = (count / EARLY_SYMBOLS + 1) * EARLY_SYMBOLS;
    return dialect.endsBlocksEarly() ? Math.min(early, symbolsMax) : symbolsMax;
  }

  /** GNU gzip's guess: few matches, and yet less than half of the input's size. */
  private boolean smallAlready(long inputBytes) {
    count();
    long bits = 8L * count;
    int matches = 0;
    for (int symbol = 0; symbol < distanceFrequencies.length; symbol++) {
      matches += distanceFrequencies[symbol];
      bits += distanceFrequencies[symbol] * (5L + DeflateFormat.distanceExtraBits(symbol));
    }
    return matches < count / 2 && bits >>> 3 < inputBytes / 2;
  }

  private void count() {
    for (; counted < count; counted++) {
      int symbol = symbols[counted];
      int distance = symbol >>> Short.SIZE;
      if (distance == 0) {
        literalFrequencies[symbol]++;
      } else {
        int length = (symbol & 0xff) + DeflateFormat.MATCH_MIN;
        literalFrequencies[DeflateFormat.END_OF_BLOCK + 1 + DeflateFormat.lengthSymbol(length)]++;
        distanceFrequencies[DeflateFormat.distanceSymbol(distance)]++;
      }
    }
  }

  /** Writes the last block. */
  void finish(long end) throws IOException {
    if (planned != null && (!planned.last() || planned.end() != end)) {
      throw new FormatException(
          "recipe: found a block up to byte " + planned.end() + ", the plain text has " + end);
    }
    end(end, true);
    out.finish();
  }

  private void end(long end, boolean last) throws IOException {
    write(end, last);
    begin(end);
    if (!last) {
      nextPlanned();
    }
  }

  private void begin(long position) {
    start = position;
    count = 0;
    counted = 0;
    Arrays.fill(literalFrequencies, 0);
    Arrays.fill(distanceFrequencies, 0);
    literalFrequencies[DeflateFormat.END_OF_BLOCK] = 1;
    nextCheck = nextCheck();
  }

  /** Takes the plan's next block, and writes those before it that are empty. */
  private void nextPlanned() throws IOException {
    if (plan == null) {
      return;
    }
    planned = plan.nextBlock();
    while (!planned.last() && planned.end() == start) {
      ruled = false;
      write(start, false);
      begin(start);
      planned = plan.nextBlock();
    }
    nextCheck = nextCheck();
  }

  private void write(long end, boolean last) throws IOException {
    count();
    header.choose(literalFrequencies, distanceFrequencies);
    BlockPlan.Shape cheapest = cheapest(end);
    if (plan != null) {
      plan.compare(planned, cheapest, header);
    }
    int lastBit = last ? 1 : 0;
    BlockPlan.Shape shape =
        plan == null || planned.shape() == BlockPlan.Shape.CHEAPEST ? cheapest : planned.shape();
    switch (shape) {
      case STORED -> store(end, lastBit);
      case FIXED -> {
        out.put(FIXED << 1 | lastBit, TYPE_BITS);
        writer.write(symbols, count, FIXED_LITERALS, FIXED_DISTANCES, out);
      }
      case GIVEN -> {
        out.put(DYNAMIC << 1 | lastBit, TYPE_BITS);
        planned.codes().send(out);
        writer.write(
            symbols,
            count,
            planned.codes().literalLengths(),
            planned.codes().distanceLengths(),
            out);
      }
      default -> {
        out.put(DYNAMIC << 1 | lastBit, TYPE_BITS);
        header.send(out);
        writer.write(symbols, count, header.literalLengths, header.distanceLengths, out);
      }
    }
  }

  private BlockPlan.Shape cheapest(long end) {
    long dynamicBits = header.bits() + bits(header.literalLengths, header.distanceLengths);
    long fixedBytes = bytes(bits(FIXED_LITERALS, FIXED_DISTANCES));
    long bytes = Math.min(bytes(dynamicBits), fixedBytes);
    boolean inWindow = start >= windowStart;
    if (end - start + 4 <= bytes && inWindow && end - start <= STORED_MAX) {
      return BlockPlan.Shape.STORED;
    }
    return fixedBytes == bytes ? BlockPlan.Shape.FIXED : BlockPlan.Shape.DYNAMIC;
  }

  private static long bytes(long bits) {
    return bits + TYPE_BITS + 7 >> 3;
  }

  private long bits(byte[] literalLengths, byte[] distanceLengths) {
    long bits = 0;
    for (int symbol = 0; symbol < literalFrequencies.length; symbol++) {
      int extra =
          symbol > DeflateFormat.END_OF_BLOCK
              ? DeflateFormat.lengthExtraBits(symbol - DeflateFormat.END_OF_BLOCK - 1)
              : 0;
      bits += (long) literalFrequencies[symbol] * (literalLengths[symbol] + extra);
    }
    for (int symbol = 0; symbol < distanceFrequencies.length; symbol++) {
      int extra = DeflateFormat.distanceExtraBits(symbol);
      bits += (long) distanceFrequencies[symbol] * (distanceLengths[symbol] + extra);
    }
    return bits;
  }

  private void store(long end, int lastBit) throws IOException {
    long from = start - windowStart;
    int length = (int) Math.min(end - start, STORED_MAX + 1);
    if (from < 0 || length > STORED_MAX) {
      throw new FormatException(
          "recipe: a stored block of " + (end - start) + " bytes is no longer at hand");
    }
    out.put(STORED << 1 | lastBit, TYPE_BITS);
    out.align();
    out.put(length, Short.SIZE);
    out.put(~length & 0xffff, Short.SIZE);
    out.bytes(window, (int) from, length);
  }
}
