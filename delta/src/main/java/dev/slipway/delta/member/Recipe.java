// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * What turns a member's plain text into the member again, bit for bit: a few bytes that name the
 * encoder and its settings, and where it decided otherwise.
 *
 * <pre>
 * version and kind(1)  what the kind wants
 * </pre>
 */
public final class Recipe {
  static final int GZIP = 1;
  static final int ZLIB = 2;
  static final int CODEC = 3;
  static final int XZ = 4;

  private static final int VERSION = 1;
  private static final int VERSION_SHIFT = 4;
  private static final int COPY_BYTES = 1 << 15;

  private Recipe() {}

  /**
   * Finds the recipe of a member, by rebuilding it and comparing every byte.
   *
   * @param file what the member was found in
   * @return empty if none rebuilds it, or only one that is not worth its size
   */
  public static Optional<byte[]> of(BlockSource file, Member member) throws IOException {
    try {
      return switch (member.kind()) {
        case GZIP, ZLIB -> DeflateRecipeMaker.make(file, member);
        case XZ -> XzRecipeMaker.make(file, member);
        case ZSTD -> CodecRecipe.make(file, member);
      };
    } catch (FormatException e) {
      return Optional.empty(); // damaged, or of a kind we do not read: it stays as it is
    }
  }

  /** Whether a recipe gives a member's very bytes. */
  static boolean rebuilds(byte[] recipe, BlockSource file, Member member) throws IOException {
    var compared = new ComparingOutput(file, member);
    try (InputStream plain = member.plain(file)) {
      OutputStream out = Rebuild.open(recipe, compared);
      byte[] buffer = new byte[COPY_BYTES];
      long total = 0;
      for (int count = plain.read(buffer); count >= 0; count = plain.read(buffer)) {
        out.write(buffer, 0, count);
        total += count;
      }
      out.close();
      return compared.complete() && total == member.plainLength();
    } catch (ComparingOutput.Different e) {
      return false;
    }
  }

  static RecipeWriter start(int kind) {
    return new RecipeWriter().u8(VERSION << VERSION_SHIFT | kind);
  }

  /** Reads the first byte; returns the kind. */
  static int kind(RecipeReader in) throws FormatException {
    int first = in.u8("version and kind");
    if (first >>> VERSION_SHIFT != VERSION) {
      throw new FormatException(
          String.format(
              "recipe: version: found %d, expected %d; it was made by another version of Slipway",
              first >>> VERSION_SHIFT, VERSION));
    }
    return first & (1 << VERSION_SHIFT) - 1;
  }
}
