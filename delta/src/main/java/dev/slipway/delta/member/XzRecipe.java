// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * How to rebuild an .xz stream that liblzma wrote.
 *
 * <pre>
 * check(1) nice length  depth  lc lp pb(1)  blocks  then each: plain bytes  header length  header
 * </pre>
 *
 * @param check which check the blocks have
 */
record XzRecipe(int check, List<Block> blocks) {

  /** A block: its header as it stands, and what follows from it and the settings. */
  record Block(int plainBytes, byte[] header, boolean x86, LzmaSettings settings) {}

  /** Larger blocks stay raw: positions are ints. */
  static final int PLAIN_BYTES_MAX = 1 << 30;

  private static final int BLOCKS_MAX = 1 << 16;
  private static final int HEADER_BYTES_MAX = 1 << 10;
  private static final int DEPTH_MAX = 1 << 10;
  private static final int NICE_LEAST = 4;

  /** Models, prices, the ways of a choice, buffers. */
  private static final long ENCODER_BYTES = 2 << 20;

  /** About how many nanoseconds of CPU time a plain byte takes, at a nice length of 64. */
  private static final int NANOS = 700;

  static XzRecipe read(RecipeReader in) throws FormatException {
    int check = in.u8("check");
    if (!XzCheck.known(check)) {
      throw new FormatException("recipe: check: " + check + " is unknown");
    }
    int nice = in.number("nice length", LzmaMatches.MATCH_MAX);
    int depth = in.number("depth", DEPTH_MAX);
    int properties = in.u8("lc, lp and pb");
    int count = in.number("blocks", BLOCKS_MAX);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int plain = in.number("block's length", PLAIN_BYTES_MAX);
      byte[] header = in.bytes(in.number("header's length", HEADER_BYTES_MAX), "block's header");
      XzBlockHeader filters = XzBlockHeader.read(header);
      LzmaSettings settings = LzmaSettings.of(filters.dictionary(), nice, depth, properties);
      if (settings == null || nice < NICE_LEAST || depth < 1) {
        throw new FormatException(
            "recipe: nice length " + nice + ", depth " + depth + ", properties " + properties);
      }
      blocks.add(new Block(plain, header, filters.x86(), settings));
    }
    in.requireEnd();
    return new XzRecipe(check, blocks);
  }

  static byte[] write(XzStructure structure, int nice, int depth, int properties) {
    RecipeWriter out =
        Recipe.start(Recipe.XZ)
            .u8(structure.check())
            .number(nice)
            .number(depth)
            .u8(properties)
            .number(structure.blocks().size());
    for (XzStructure.Block block : structure.blocks()) {
      out.number(block.plainBytes()).number(block.header().length).bytes(block.header());
    }
    return out.toByteArray();
  }

  long memoryBytes() {
    long most = 0;
    for (Block block : blocks) {
      most =
          Math.max(
              most, LzmaMatches.memoryBytes(block.settings().dictionary(), block.plainBytes()));
    }
    return most + ENCODER_BYTES;
  }

  int nanosPerByte() {
    return NANOS;
  }
}
