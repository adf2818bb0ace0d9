// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

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
    /** Hash chains, no look ahead. */
    FAST,
    /** Binary trees and optimal parsing. */
    NORMAL,
    /** The same with the longest matches. */
    BEST
  }

  LZMA2Options lzma2(long size) throws UnsupportedOptionsException {
    var options =
        switch (effort) {
          case FAST -> new LZMA2Options(2);
          case NORMAL -> new LZMA2Options(6);
          case BEST -> new LZMA2Options(9);
        };
    if (effort == Effort.BEST) {
      options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
    }
    options.setDictSize(dictionaryFor(size));
    options.setLcLp(contextBits, Math.min(positionBits, 4 - contextBits));
    options.setPb(positionBits);
    return options;
  }

  /** What the decoder of a lane of so many bytes must hold. */
  int dictionaryFor(long size) {
    long rounded = Math.max(LZMA2Options.DICT_SIZE_MIN, size + 4095 & -4096L);
    return (int) Math.min(dictionaryBytes, rounded);
  }
}
