// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;

/**
 * How to rebuild a gzip member or a zlib stream.
 *
 * <pre>
 * dialect(1) parts(1) [header: length, bytes] [plan: length, blocks] [adjustments: length, finds]
 * </pre>
 *
 * @param header what stands before the deflated data
 * @param planned {@code null} if the blocks follow the rules
 * @param adjusted {@code null} if the matches do
 */
record DeflateRecipe(
    MemberKind kind,
    DeflateDialect dialect,
    byte[] header,
    RecipeReader planned,
    RecipeReader adjusted) {

  static final int HAS_HEADER = 1;
  static final int HAS_PLAN = 1 << 1;
  static final int HAS_ADJUSTMENTS = 1 << 2;
  private static final int HEADER_BYTES_MAX = 1 << 12;

  /** Window, tables, buffers, and the codes of a block. */
  private static final long ENCODER_BYTES = 640 << 10;

  static DeflateRecipe read(MemberKind kind, RecipeReader in) throws FormatException {
    int code = in.u8("dialect");
    DeflateDialect dialect = DeflateDialect.ofCode(code);
    if (dialect == null) {
      throw new FormatException(String.format("recipe: dialect: 0x%02x is unknown", code));
    }
    int parts = in.u8("parts");
    if (parts > (HAS_HEADER | HAS_PLAN | HAS_ADJUSTMENTS)) {
      throw new FormatException(String.format("recipe: parts: 0x%02x is unknown", parts));
    }
    byte[] header =
        (parts & HAS_HEADER) != 0
            ? in.bytes(in.number("header length", HEADER_BYTES_MAX), "header")
            : GzipHeader.plain(dialect);
    RecipeReader planned = (parts & HAS_PLAN) != 0 ? in.part("plan") : null;
    RecipeReader adjusted = (parts & HAS_ADJUSTMENTS) != 0 ? in.part("adjustments") : null;
    in.requireEnd();
    return new DeflateRecipe(kind, dialect, header, planned, adjusted);
  }

  BlockPlan plan() {
    return planned == null ? null : new RecordedPlan(planned);
  }

  Adjustments adjustments() throws FormatException {
    return adjusted == null ? Adjustments.NONE : new RecordedAdjustments(adjusted);
  }

  long memoryBytes() {
    return ENCODER_BYTES
        + (planned == null ? 0 : 2L * Integer.BYTES * DeflateBlocks.PLANNED_SYMBOLS_MAX);
  }
}
