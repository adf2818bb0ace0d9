// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
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
  /** So many bytes of a recipe tell what kind it is of. */
  public static final int LABEL_BYTES = 2;

  static final int GZIP = 1;
  static final int ZLIB = 2;
  static final int CODEC = 3;
  static final int XZ = 4;

  private static final int VERSION = 1;
  private static final int VERSION_SHIFT = 4;

  private Recipe() {}

  /** Finds the recipe of a member, whatever rebuilding it costs. */
  public static Optional<byte[]> of(BlockSource file, Member member) throws IOException {
    return of(file, member, Budget.UNLIMITED);
  }

  /**
   * Finds the recipe of a member, by rebuilding it and comparing every byte.
   *
   * @param file what the member was found in
   * @param budget what rebuilding it may cost; recipes that cost more are not even tried
   * @return empty if none rebuilds it, or only one that is not worth its size
   */
  public static Optional<byte[]> of(BlockSource file, Member member, Budget budget)
      throws IOException {
    var trial = new RecipeTrial(file, member, budget);
    try {
      return switch (member.kind()) {
        case GZIP, ZLIB -> DeflateRecipeMaker.make(trial);
        case XZ -> XzRecipeMaker.make(trial);
        case ZSTD -> CodecRecipe.make(trial);
      };
    } catch (FormatException e) {
      return Optional.empty(); // damaged, or of a kind we do not read: it stays as it is
    }
  }

  /**
   * The format of what a recipe makes, as reports call it.
   *
   * @param start the first {@value #LABEL_BYTES} bytes of the recipe, or all of a shorter one
   */
  public static String label(byte[] start) throws FormatException {
    var in = new RecipeReader(start);
    int kind = kind(in);
    return switch (kind) {
      case GZIP -> MemberKind.GZIP.label();
      case ZLIB -> MemberKind.ZLIB.label();
      case XZ -> MemberKind.XZ.label();
      case CODEC -> OwnEncoder.of(in.u8("encoder")).kind().label();
      default -> throw new FormatException("recipe: kind: " + kind + " is unknown");
    };
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
