// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds out how a gzip member or a zlib stream was deflated.
 *
 * <p>The dialects are tried, the likely ones first; a wrong one differs within the first block. If
 * none fits, the one that needs the fewest adjustments at the start is led along the whole stream.
 */
final class DeflateRecipeMaker {
  /** Adjustments beyond this part of the member are not worth it. */
  private static final int COST_DIVISOR = 8;

  private static final int COST_LEAST = 24;
  private static final int COST_MOST = 1 << 24;

  /** How much plain text shows which dialect fits best. */
  private static final int SAMPLE_BYTES = 1 << 16;

  /** A block's plain text must fit here while its tokens are read. */
  private static final int BLOCK_BYTES_MAX = 1 << 24;

  private final RecipeTrial trial;
  private final BlockSource file;
  private final Member member;
  private final byte[] header;

  private DeflateRecipeMaker(RecipeTrial trial, byte[] header) {
    this.trial = trial;
    file = trial.file();
    member = trial.member();
    this.header = header;
  }

  static Optional<byte[]> make(RecipeTrial trial) throws IOException {
    BlockSource file = trial.file();
    Member member = trial.member();
    int length =
        member.kind() == MemberKind.GZIP
            ? GzipHeader.length(file, member.offset(), member.end())
            : ZlibHeader.BYTES;
    if (length < 0 || length > member.length()) {
      return Optional.empty();
    }
    byte[] header = file.readFully(member.offset(), length);
    return new DeflateRecipeMaker(trial, header).make();
  }

  private Optional<byte[]> make() throws IOException {
    List<DeflateDialect> dialects = dialects();
    for (DeflateDialect dialect : dialects) {
      byte[] recipe = start(dialect, 0).toByteArray();
      if (trial.rebuilds(recipe)) {
        return Optional.of(recipe);
      }
    }
    Optional<byte[]> own = CodecRecipe.make(trial);
    if (own.isPresent()) {
      return own;
    }
    return led(dialects);
  }

  private Optional<byte[]> led(List<DeflateDialect> dialects) throws IOException {
    DeflateDialect best = null;
    int least = Integer.MAX_VALUE;
    for (DeflateDialect dialect : dialects) {
      int cost = lead(dialect, SAMPLE_BYTES).map(Led::cost).orElse(Integer.MAX_VALUE);
      if (cost < least) {
        least = cost;
        best = dialect;
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    Optional<byte[]> recipe = lead(best, Long.MAX_VALUE).map(Led::recipe);
    boolean good =
        recipe.isPresent() && recipe.get().length <= costMax() && trial.rebuilds(recipe.get());
    return good ? recipe : Optional.empty();
  }

  private int costMax() {
    return (int) Math.min(COST_MOST, header.length + COST_LEAST + member.length() / COST_DIVISOR);
  }

  private RecipeWriter start(DeflateDialect dialect, int parts) {
    boolean gzip = member.kind() == MemberKind.GZIP;
    boolean plain = gzip && Arrays.equals(header, GzipHeader.plain(dialect));
    RecipeWriter out =
        Recipe.start(gzip ? Recipe.GZIP : Recipe.ZLIB)
            .u8(dialect.code())
            .u8(parts | (plain ? 0 : DeflateRecipe.HAS_HEADER));
    return plain ? out : out.number(header.length).bytes(header);
  }

  /** What is worth a try, the likely first. The header hints at the level and the program. */
  private List<DeflateDialect> dialects() throws IOException {
    int[] levels;
    boolean gzip = member.kind() == MemberKind.GZIP;
    int hint = gzip ? header[8] : ZlibHeader.levelHint(header);
    boolean smallest = hint == (gzip ? GzipHeader.SMALLEST : ZlibHeader.SMALLEST);
    boolean fastest = hint == (gzip ? GzipHeader.FASTEST : ZlibHeader.FASTEST);
    if (gzip) {
      levels =
          smallest
              ? new int[] {9}
              : fastest ? new int[] {1} : new int[] {6, 5, 7, 8, 4, 3, 2, 9, 1};
    } else {
      levels =
          smallest
              ? new int[] {9, 8, 7}
              : fastest ? new int[] {1} : hint == 1 ? new int[] {5, 4, 3, 2} : new int[] {6};
    }
    List<DeflateDialect> dialects = new ArrayList<>();
    for (int level : levels) {
      for (DeflateDialect.Family family : DeflateDialect.Family.values()) {
        var dialect = new DeflateDialect(family, level);
        if ((gzip || family != DeflateDialect.Family.GZIP)
            && trial.affords(start(dialect, 0).toByteArray())) {
          dialects.add(dialect);
        }
      }
    }
    return dialects;
  }

  /** What came of leading the encoder along the stream. */
  private record Led(int cost, byte[] recipe) {}

  /** Leads the encoder along the stream, or its start; empty if that costs too much. */
  private Optional<Led> lead(DeflateDialect dialect, long plainMax) throws IOException {
    var guide = new TokenGuide(dialect, costMax());
    var in =
        new BitSource(
            file.stream(member.offset() + header.length, member.length() - header.length),
            "member at byte " + member.offset());
    var reader = new TokenReader(in);
    var plain = new PlainBuffer(BLOCK_BYTES_MAX);
    DeflateEncoder encoder = null;
    try {
      do {
        readBlock(reader, guide, plain);
        // The encoder wants the first block that is not empty at once.
        if (encoder == null && (reader.position() > 0 || reader.last())) {
          encoder = new DeflateEncoder(dialect, OutputStream.nullOutputStream(), guide, guide);
        }
        if (encoder != null) {
          plain.drainTo(encoder);
        }
      } while (!reader.last() && reader.position() < plainMax);
      if (!reader.last()) {
        return Optional.of(new Led(guide.cost(), new byte[0]));
      }
      encoder.finish();
    } catch (TokenGuide.TooCostly e) {
      return Optional.empty();
    }
    int parts = guide.parts(encoder.followedRules());
    RecipeWriter out = start(dialect, parts);
    if ((parts & DeflateRecipe.HAS_PLAN) != 0) {
      out.part(guide.plan());
    }
    if ((parts & DeflateRecipe.HAS_ADJUSTMENTS) != 0) {
      out.part(guide.adjustments());
    }
    return Optional.of(new Led(out.size(), out.toByteArray()));
  }

  private static void readBlock(TokenReader reader, TokenGuide guide, PlainBuffer plain)
      throws IOException {
    reader.readBlockHeader();
    int symbols = 0;
    int pending = TokenReader.BLOCK_END;
    for (int token = reader.next(); token != TokenReader.BLOCK_END; token = reader.next()) {
      if (++symbols > DeflateBlocks.PLANNED_SYMBOLS_MAX) {
        throw new TokenGuide.TooCostly();
      }
      if (pending != TokenReader.BLOCK_END) {
        guide.add(pending);
      }
      pending = token;
      plain.take(reader);
    }
    if (pending != TokenReader.BLOCK_END) {
      guide.add(pending == TokenReader.STORED_BYTE ? TokenGuide.STORED_END : pending);
    }
    guide.add(
        new BlockPlan.Block(reader.position(), reader.last(), reader.shape(), reader.codes()));
  }

  /** The plain text of the block being read. */
  private static final class PlainBuffer {
    private final int most;
    private byte[] bytes = new byte[1 << 16];
    private int count;
    private long end;

    PlainBuffer(int most) {
      this.most = most;
    }

    void take(TokenReader reader) throws IOException {
      for (; end < reader.position(); end++) {
        if (count == bytes.length) {
          if (count >= most) {
            throw new TokenGuide.TooCostly();
          }
          bytes = Arrays.copyOf(bytes, 2 * count);
        }
        bytes[count++] = reader.at(end);
      }
    }

    void drainTo(DeflateEncoder encoder) throws IOException {
      encoder.write(bytes, 0, count);
      count = 0;
    }
  }
}
