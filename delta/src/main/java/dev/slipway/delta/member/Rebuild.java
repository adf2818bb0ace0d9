// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Turns plain text into the compressed member again, by a {@link Recipe}. */
public final class Rebuild {
  private Rebuild() {}

  /**
   * Opens a stream that takes the plain text, in pieces of any size, and writes the member's bytes
   * as they come. Closing it ends the member; the stream below stays open.
   *
   * @throws FormatException if this is no recipe; writing and closing throw it too, where a recipe
   *     does not fit the plain text
   */
  public static OutputStream open(byte[] recipe, OutputStream compressed) throws IOException {
    var in = new RecipeReader(recipe);
    int kind = Recipe.kind(in);
    return switch (kind) {
      case Recipe.GZIP, Recipe.ZLIB -> new DeflateRebuild(deflate(kind, in), compressed);
      case Recipe.XZ -> new XzRebuild(XzRecipe.read(in), compressed);
      case Recipe.CODEC -> CodecRecipe.read(in).open(new StaysOpen(compressed));
      default -> throw unknown(kind);
    };
  }

  /** How much memory {@link #open} and what it opens need at most, beside the recipe itself. */
  public static long memoryBytes(byte[] recipe) throws FormatException {
    var in = new RecipeReader(recipe);
    int kind = Recipe.kind(in);
    return switch (kind) {
      case Recipe.GZIP, Recipe.ZLIB -> deflate(kind, in).memoryBytes();
      case Recipe.XZ -> XzRecipe.read(in).memoryBytes();
      case Recipe.CODEC -> CodecRecipe.read(in).encoder().memoryBytes();
      default -> throw unknown(kind);
    };
  }

  /**
   * About how long rebuilding takes: CPU time for each plain byte, in nanoseconds, on a core of a
   * server of the year 2023, warm. For choosing between members, not for clocks.
   */
  public static int nanosPerByte(byte[] recipe) throws FormatException {
    var in = new RecipeReader(recipe);
    int kind = Recipe.kind(in);
    return switch (kind) {
      case Recipe.GZIP, Recipe.ZLIB -> deflate(kind, in).dialect().nanosPerByte();
      case Recipe.XZ -> XzRecipe.read(in).nanosPerByte();
      case Recipe.CODEC -> CodecRecipe.read(in).encoder().nanosPerByte();
      default -> throw unknown(kind);
    };
  }

  private static DeflateRecipe deflate(int kind, RecipeReader in) throws FormatException {
    return DeflateRecipe.read(kind == Recipe.GZIP ? MemberKind.GZIP : MemberKind.ZLIB, in);
  }

  private static FormatException unknown(int kind) {
    return new FormatException("recipe: kind: " + kind + " is unknown");
  }

  /** Passes everything on but the end. */
  private static final class StaysOpen extends FilterOutputStream {
    StaysOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
