// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds out with which preset of liblzma an .xz stream was written. The stream tells the dictionary
 * and the filters; what is left is tried.
 */
final class XzRecipeMaker {
  /** Nice length and depth of the presets 6 to 9, 5, 4, those with "e", and 3e and 5e. */
  private static final int[][] PRESETS = {{64, 48}, {32, 32}, {16, 24}, {273, 512}, {192, 112}};

  private static final int COMPRESSED = 0x80;
  private static final int NEW_PROPERTIES = 2 << 5;

  /** lc 3, lp 0, pb 2: what every preset has. */
  private static final int USUAL_PROPERTIES = 93;

  private XzRecipeMaker() {}

  static Optional<byte[]> make(RecipeTrial trial) throws IOException {
    BlockSource file = trial.file();
    Member member = trial.member();
    XzStructure structure = XzStructure.read(file, member.offset(), member.end());
    if (structure.plainBytes() > 0 && eligible(structure)) {
      int properties = properties(file, structure.blocks().get(0));
      for (int[] preset : PRESETS) {
        byte[] recipe = XzRecipe.write(structure, preset[0], preset[1], properties);
        if (trial.rebuilds(recipe)) {
          return Optional.of(recipe);
        }
      }
    }
    return CodecRecipe.make(trial);
  }

  private static boolean eligible(XzStructure structure) {
    boolean good = XzCheck.known(structure.check());
    for (XzStructure.Block block : structure.blocks()) {
      good &= block.plainBytes() <= XzRecipe.PLAIN_BYTES_MAX;
      try {
        XzBlockHeader.read(block.header());
      } catch (FormatException e) {
        return false; // filters we do not have
      }
    }
    return good;
  }

  private static int properties(BlockSource file, XzStructure.Block block) throws IOException {
    byte[] start = file.readFully(block.packedOffset(), (int) Math.min(6, block.packedBytes()));
    boolean given = (start[0] & 0xff) >= COMPRESSED + NEW_PROPERTIES && start.length == 6;
    return given ? start[5] & 0xff : USUAL_PROPERTIES;
  }
}
