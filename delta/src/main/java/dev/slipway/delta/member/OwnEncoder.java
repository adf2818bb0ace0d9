// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.codec.BlockCodec;
import dev.slipway.codec.Codec;
import dev.slipway.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What our own builder compresses with: whole streams, as an initramfs is one, or the blocks of a
 * file system. Costs are as measured by the benchmark.
 */
enum OwnEncoder {
  GZIP(MemberKind.GZIP, Codec.GZIP, null, 1 << 20, 30),

  /** XZ for Java's preset 6. */
  XZ(MemberKind.XZ, Codec.XZ, null, 97 << 20, 400),

  /** The window of zstd is 1 MiB. */
  ZSTD(MemberKind.ZSTD, Codec.ZSTD, null, 16 << 20, 15),

  ZLIB_BLOCK(MemberKind.ZLIB, null, BlockCodec.ZLIB, 4 << 20, 30),

  /** With a dictionary of 1 MiB, which larger blocks do not have. */
  XZ_BLOCK(MemberKind.XZ, null, BlockCodec.XZ, 20 << 20, 400),

  ZSTD_BLOCK(MemberKind.ZSTD, null, BlockCodec.ZSTD, 16 << 20, 15);

  /** The largest block that squashfs has. */
  static final int BLOCK_BYTES_MAX = 1 << 20;

  private static final OwnEncoder[] ENCODERS = values();

  private final MemberKind kind;
  private final Codec stream;
  private final BlockCodec block;
  private final long memoryBytes;
  private final int nanosPerByte;

  OwnEncoder(MemberKind kind, Codec stream, BlockCodec block, long memoryBytes, int nanosPerByte) {
    this.kind = kind;
    this.stream = stream;
    this.block = block;
    this.memoryBytes = memoryBytes;
    this.nanosPerByte = nanosPerByte;
  }

  /** The one of a number in a recipe. */
  static OwnEncoder of(int number) throws FormatException {
    if (number >= ENCODERS.length) {
      throw new FormatException("recipe: encoder: " + number + " is unknown");
    }
    return ENCODERS[number];
  }

  MemberKind kind() {
    return kind;
  }

  /** Whether it may have written a member of its kind with so much plain text. */
  boolean fits(long plainLength) {
    return block == null || plainLength <= BLOCK_BYTES_MAX;
  }

  /** Whether a recipe names the dictionary. */
  boolean hasDictionary() {
    return this == XZ_BLOCK;
  }

  long memoryBytes() {
    return memoryBytes;
  }

  int nanosPerByte() {
    return nanosPerByte;
  }

  /** Takes the plain text, and writes the member at its end or before; closes what is below. */
  OutputStream open(OutputStream below, int dictionaryBytes) throws IOException {
    return block == null ? stream.encode(below) : new Block(below, dictionaryBytes);
  }

  /** Compresses when all of the block is there. */
  private final class Block extends OutputStream {
    private final OutputStream below;
    private final int dictionaryBytes;
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();

    Block(OutputStream below, int dictionaryBytes) {
      this.below = below;
      this.dictionaryBytes = dictionaryBytes;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > BLOCK_BYTES_MAX - plain.size()) {
        throw new FormatException(
            "recipe: a block of more than " + BLOCK_BYTES_MAX + " bytes for " + block);
      }
      plain.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      try (below) {
        byte[] bytes = plain.toByteArray();
        below.write(block.encode(bytes, 0, bytes.length, dictionaryBytes));
      }
    }
  }
}
