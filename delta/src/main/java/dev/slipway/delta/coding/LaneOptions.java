// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import dev.slipway.io.BlockSource;
import dev.slipway.lzma.Parameters;
import dev.slipway.lzma.QuickLzma2;
import java.io.IOException;
import java.io.OutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;

/**
 * How one lane is compressed.
 *
 * @param dictionaryBytes the most that the decoder must hold; lanes with less in them need less
 * @param contextBits how many high bits of the byte before tell what kind of byte follows: 0 to 4
 * @param positionBits how many low bits of the position tell what kind of byte follows: 0 to 4
 * @param effort how hard to look
 */
public record LaneOptions(int dictionaryBytes, int contextBits, int positionBits, Effort effort) {

  /** How hard the encoder looks for the shortest form. */
  public enum Effort {
    /** Our own encoder, which takes the first good match. */
    FAST,
    /** Binary trees and optimal parsing. */
    NORMAL,
    /** The same with the longest matches. */
    BEST
  }

  void compress(BlockSource plain, OutputStream out) throws IOException {
    int dictionary = dictionaryFor(plain.size());
    if (effort == Effort.FAST) {
      QuickLzma2.compress(
          plain, new Parameters(dictionary, contextBits, literalPositionBits(), positionBits), out);
    } else {
      Lzma2.compress(plain, thorough(dictionary), out);
    }
  }

  private LZMA2Options thorough(int dictionary) throws UnsupportedOptionsException {
    var options = new LZMA2Options(effort == Effort.BEST ? 9 : 6);
    if (effort == Effort.BEST) {
      options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
    }
    options.setDictSize(dictionary);
    options.setLcLp(contextBits, literalPositionBits());
    options.setPb(positionBits);
    return options;
  }

  private int literalPositionBits() {
    return Math.min(positionBits, 4 - contextBits);
  }

  /** What the decoder of a lane of so many bytes must hold. */
  int dictionaryFor(long size) {
    long rounded = Math.max(LZMA2Options.DICT_SIZE_MIN, size + 4095 & -4096L);
    return (int) Math.min(dictionaryBytes, rounded);
  }
}
