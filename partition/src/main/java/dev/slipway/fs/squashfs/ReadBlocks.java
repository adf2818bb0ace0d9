// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The blocks of an image that is read: of data, and of metadata, of which the last few stay
 * unpacked. Nothing the image says about sizes is believed beyond what a block may hold.
 */
final class ReadBlocks {
  private static final int METADATA_KEPT = 256;

  /** An unpacked metadata block, and where the next one starts. */
  record Metadata(byte[] bytes, long next) {}

  private final BlockSource in;
  private final Superblock superblock;
  private final SquashfsCompression compression;
  private final String source;
  private final Map<Long, Metadata> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Metadata> eldest) {
          return size() > METADATA_KEPT;
        }
      };

  ReadBlocks(BlockSource in, Superblock superblock, String source) throws FormatException {
    this.in = in;
    this.superblock = superblock;
    this.source = source;
    this.compression =
        SquashfsCompression.ofId(superblock.compressionId())
            .orElseThrow(
                () ->
                    new FormatException(
                        source
                            + ": byte 20: compression: found "
                            + superblock.compressionId()
                            + ", known are 1 (gzip) to 6 (zstd)"));
  }

  Superblock superblock() {
    return superblock;
  }

  SquashfsCompression compression() {
    return compression;
  }

  /** Bytes of the image, at a place the image itself names. */
  byte[] raw(long offset, int length, String what) throws IOException {
    requireInside(offset, length, what);
    return in.readFully(offset, length);
  }

  /** Says that bytes will be read soon that are known to lie inside. */
  void willRead(long offset, long length) {
    in.willRead(offset, length);
  }

  void requireInside(long offset, long length, String what) throws FormatException {
    long end = superblock.bytesUsed();
    if (offset < Superblock.BYTES || length < 0 || offset > end || length > end - offset) {
      throw error(
          what,
          length
              + " bytes at byte "
              + Long.toUnsignedString(offset)
              + " are not within the "
              + end
              + " that are used");
    }
  }

  Metadata metadata(long offset, String what) throws IOException {
    Metadata known = kept.get(offset);
    if (known == null) {
      known = readMetadata(offset, what);
      kept.put(offset, known);
    }
    return known;
  }

  private Metadata readMetadata(long offset, String what) throws IOException {
    byte[] header = raw(offset, MetadataWriter.HEADER_BYTES, what);
    int value = StructReader.littleEndian(source, offset, header).u16(0, "header");
    int size = value & (MetadataWriter.PLAIN - 1);
    if (size == 0 || size > MetadataWriter.BLOCK_BYTES) {
      throw error(
          what, "byte " + offset + ": a metadata block of " + size + " bytes, 1 to 8192 are right");
    }
    long data = offset + MetadataWriter.HEADER_BYTES;
    byte[] packed = raw(data, size, what);
    if ((value & MetadataWriter.PLAIN) != 0) {
      return new Metadata(packed, data + size);
    }
    byte[] whole = new byte[MetadataWriter.BLOCK_BYTES];
    int count = compression.codec().decode(packed, 0, size, whole, place(what, offset));
    if (count == 0) {
      throw error(what, "byte " + offset + ": a metadata block that unpacks to nothing");
    }
    return new Metadata(Arrays.copyOf(whole, count), data + size);
  }

  /**
   * Reads a block of data.
   *
   * @param size as the file's inode has it: its bytes in the image, and whether it is plain
   * @return what it unpacks to, at most as much as a block holds
   */
  byte[] data(long offset, int size, String what) throws IOException {
    byte[] packed = raw(offset, storedBytes(size), what);
    if ((size & StoredFile.PLAIN) != 0) {
      return packed;
    }
    byte[] block = new byte[superblock.blockBytes()];
    int count = compression.codec().decode(packed, 0, packed.length, block, place(what, offset));
    return count == block.length ? block : Arrays.copyOf(block, count);
  }

  static int storedBytes(int size) {
    return size & ~StoredFile.PLAIN;
  }

  /** Checks a size that an inode or the fragment table gives. */
  void requireBlockSize(int size, String what) throws FormatException {
    if (size < 0 || storedBytes(size) > superblock.blockBytes()) {
      throw error(
          what,
          "a block of "
              + Integer.toUnsignedString(storedBytes(size))
              + " bytes, at most "
              + superblock.blockBytes()
              + " are right");
    }
  }

  private String place(String what, long offset) {
    return source + ": " + what + ": byte " + offset;
  }

  FormatException error(String what, String message) {
    return new FormatException(source + ": " + what + ": " + message);
  }

  StructReader reader(byte[] bytes, String what) {
    return StructReader.littleEndian(source + ": " + what, 0, bytes);
  }
}
