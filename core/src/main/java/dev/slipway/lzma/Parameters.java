// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

/**
 * How LZMA2 is coded.
 *
 * @param dictionaryBytes how far back a match may lie, at most 512 MiB
 * @param contextBits how many high bits of the byte before choose a literal's models
 * @param literalPositionBits how many low bits of the position do
 * @param positionBits how many low bits of the position choose the models of all else
 */
public record Parameters(
    int dictionaryBytes, int contextBits, int literalPositionBits, int positionBits) {
  private static final int DICTIONARY_MAX = 1 << 29;
  private static final int BITS_MAX = 4;

  /**
   * @throws IllegalArgumentException for what no decoder of LZMA2 takes
   */
  public Parameters {
    if (dictionaryBytes < 1 || dictionaryBytes > DICTIONARY_MAX) {
      throw new IllegalArgumentException(
          "dictionary: found " + dictionaryBytes + " bytes, expected 1 to " + DICTIONARY_MAX);
    }
    boolean literals =
        contextBits >= 0
            && literalPositionBits >= 0
            && contextBits + literalPositionBits <= BITS_MAX;
    if (!literals || positionBits < 0 || positionBits > BITS_MAX) {
      throw new IllegalArgumentException(
          "found lc="
              + contextBits
              + " lp="
              + literalPositionBits
              + " pb="
              + positionBits
              + ", expected lc + lp and pb of at most "
              + BITS_MAX);
    }
  }
}
