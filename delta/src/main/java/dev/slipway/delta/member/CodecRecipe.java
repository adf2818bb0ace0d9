// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.codec.Codec;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.Optional;

/**
 * How to rebuild what our own builder compresses: by core's encoder, whose bytes depend on nothing
 * but the input and this library's version.
 *
 * <pre>
 * codec(1)
 * </pre>
 */
final class CodecRecipe {
  private static final Codec[] CODECS = {Codec.GZIP, Codec.XZ, Codec.ZSTD};

  /** By codec: what its encoder holds. XZ for Java's preset 6 wants 94 MiB, zstd's window is 1. */
  private static final long[] MEMORY_BYTES = {1 << 20, 97 << 20, 16 << 20};

  /** By codec: the CPU time of a plain byte, in nanoseconds, as measured by the benchmark. */
  private static final int[] NANOS = {30, 400, 15};

  private CodecRecipe() {}

  static Optional<byte[]> make(RecipeTrial trial) throws IOException {
    int code =
        switch (trial.member().kind()) {
          case GZIP -> 0;
          case XZ -> 1;
          case ZSTD -> 2;
          case ZLIB -> -1;
        };
    if (code < 0) {
      return Optional.empty();
    }
    byte[] recipe = Recipe.start(Recipe.CODEC).u8(code).toByteArray();
    return trial.rebuilds(recipe) ? Optional.of(recipe) : Optional.empty();
  }

  private static int code(RecipeReader in) throws FormatException {
    int code = in.u8("codec");
    if (code >= CODECS.length) {
      throw new FormatException("recipe: codec: " + code + " is unknown");
    }
    in.requireEnd();
    return code;
  }

  static Codec codec(RecipeReader in) throws FormatException {
    return CODECS[code(in)];
  }

  static long memoryBytes(RecipeReader in) throws FormatException {
    return MEMORY_BYTES[code(in)];
  }

  static int nanosPerByte(RecipeReader in) throws FormatException {
    return NANOS[code(in)];
  }
}
