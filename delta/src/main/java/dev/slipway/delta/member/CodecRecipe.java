// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * How to rebuild what our own builder compresses: by core's encoders, whose bytes depend on nothing
 * but the input and this library's version.
 *
 * <pre>
 * encoder(1)  [the dictionary's binary logarithm(1), for a block of xz]
 * </pre>
 *
 * @param dictionaryBits 0 where the encoder has no choice
 */
record CodecRecipe(OwnEncoder encoder, int dictionaryBits) {
  private static final int DICTIONARY_BITS_MIN = 12;
  private static final int DICTIONARY_BITS_MAX = 20;

  static Optional<byte[]> make(RecipeTrial trial) throws IOException {
    Member member = trial.member();
    for (OwnEncoder encoder : OwnEncoder.values()) {
      if (encoder.kind() == member.kind() && encoder.fits(member.plainLength())) {
        int bits = encoder.hasDictionary() ? dictionaryBits(trial.file(), member) : 0;
        byte[] recipe = new CodecRecipe(encoder, bits).bytes();
        if (bits >= 0 && trial.rebuilds(recipe)) {
          return Optional.of(recipe);
        }
      }
    }
    return Optional.empty();
  }

  /** What the block of an .xz stream tells; -1 when our builder writes none like it. */
  private static int dictionaryBits(BlockSource file, Member member) throws IOException {
    List<XzStructure.Block> blocks = XzStructure.read(file, member.offset(), member.end()).blocks();
    if (blocks.size() != 1) {
      return -1;
    }
    long dictionary = XzBlockHeader.read(blocks.get(0).header()).dictionary();
    int bits = Long.numberOfTrailingZeros(dictionary);
    boolean ours =
        Long.bitCount(dictionary) == 1
            && bits >= DICTIONARY_BITS_MIN
            && bits <= DICTIONARY_BITS_MAX;
    return ours ? bits : -1;
  }

  private byte[] bytes() {
    RecipeWriter out = Recipe.start(Recipe.CODEC).u8(encoder.ordinal());
    return (encoder.hasDictionary() ? out.u8(dictionaryBits & 0xff) : out).toByteArray();
  }

  static CodecRecipe read(RecipeReader in) throws FormatException {
    OwnEncoder encoder = OwnEncoder.of(in.u8("encoder"));
    int bits = encoder.hasDictionary() ? in.u8("dictionary") : 0;
    if (encoder.hasDictionary() && (bits < DICTIONARY_BITS_MIN || bits > DICTIONARY_BITS_MAX)) {
      throw new FormatException(
          "recipe: dictionary: found 2^"
              + bits
              + ", expected 2^"
              + DICTIONARY_BITS_MIN
              + " to 2^"
              + DICTIONARY_BITS_MAX);
    }
    in.requireEnd();
    return new CodecRecipe(encoder, bits);
  }

  OutputStream open(OutputStream below) throws IOException {
    return encoder.open(below, 1 << dictionaryBits);
  }
}
