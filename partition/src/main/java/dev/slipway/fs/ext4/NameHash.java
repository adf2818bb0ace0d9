// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The hash that orders the names of an indexed directory: half of MD4's rounds, over 32 bytes of
 * the name at a time, seeded by the file system ({@code s_hash_seed}). Name bytes count as
 * unsigned.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/dynamic.html#hash-tree-directories">Hash
 *     tree directories</a>
 */
final class NameHash {
  /** The number of this hash in {@code hash_version} and {@code s_def_hash_version}. */
  static final int HALF_MD4 = 1;

  private static final int CHUNK_BYTES = 32;
  private static final int WORDS = CHUNK_BYTES / 4;

  /** Round constants: none, the square roots of 2 and of 3, as in MD4. */
  private static final int[] ADDED = {0, 0x5a827999, 0x6ed9eba1};

  private static final int[][] WORD_ORDER = {
    {0, 1, 2, 3, 4, 5, 6, 7}, {1, 3, 5, 7, 0, 2, 4, 6}, {3, 7, 2, 6, 1, 5, 0, 4}
  };
  private static final int[][] ROTATIONS = {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}};

  /** A hash no name may have: the end of a directory, for readdir. */
  private static final int END = 0xffff_fffe;

  private final int[] seed = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

  /**
   * A hash with a seed; a seed of zeros means MD4's own initial state.
   *
   * @param seed its 16 bytes are four little-endian words
   */
  NameHash(UUID seed) {
    if (seed.getMostSignificantBits() != 0 || seed.getLeastSignificantBits() != 0) {
      ByteBuffer bytes = ByteBuffer.allocate(16);
      bytes.putLong(seed.getMostSignificantBits()).putLong(seed.getLeastSignificantBits());
      bytes.flip().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(this.seed);
    }
  }

  /** The hash in the upper 32 bits, of which the lowest is 0, and the minor hash below them. */
  long of(byte[] name) {
    int[] state = seed.clone();
    int[] words = new int[WORDS];
    for (int at = 0; at < name.length; at += CHUNK_BYTES) {
      pack(name, at, words);
      mix(state, words);
    }
    int hash = state[1] & ~1;
    if (hash == END) {
      hash = END - 2;
    }
    return (long) hash << 32 | (state[2] & 0xffff_ffffL);
  }

  /** Big-endian words of the rest of the name, padded with how long that rest is. */
  private static void pack(byte[] name, int at, int[] words) {
    int rest = name.length - at;
    int padding = rest | rest << 8;
    padding |= padding << 16;
    int used = Math.min(rest, CHUNK_BYTES);
    for (int w = 0; w < WORDS; w++) {
      int value = padding;
      for (int i = 4 * w; i < Math.min(4 * w + 4, used); i++) {
        value = (value << 8) + (name[at + i] & 0xff);
      }
      words[w] = value;
    }
  }

  private static void mix(int[] state, int[] words) {
    int a = state[0];
    int b = state[1];
    int c = state[2];
    int d = state[3];
    for (int round = 0; round < 3; round++) {
      for (int step = 0; step < WORDS; step++) {
        int chosen =
            switch (round) {
              case 0 -> d ^ (b & (c ^ d));
              case 1 -> (b & c) + ((b ^ c) & d);
              default -> b ^ c ^ d;
            };
        int sum = a + chosen + words[WORD_ORDER[round][step]] + ADDED[round];
        int turned = Integer.rotateLeft(sum, ROTATIONS[round][step % 4]);
        a = d;
        d = c;
        c = b;
        b = turned;
      }
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
}
