// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the pieces of a file in another one by a rolling hash: for files too large for a suffix
 * array. Memory does not grow with them.
 *
 * <p>The old file's blocks are put into a table by their hash. A window slides over the new file
 * byte by byte, so that inserted bytes shift nothing out of sight; where its hash is in the table
 * and the bytes are the same, the match is grown in both directions and taken. A block has 64 bytes
 * or more: as many as it takes to keep the table at a million entries.
 */
final class RollingCopies {
  private static final int BLOCK_BYTES_MIN = 64;
  private static final int TABLE_ENTRIES = 1 << 21;

  /** What the table takes: a number and a hash for each entry. */
  static final long TABLE_BYTES = TABLE_ENTRIES * (long) (Integer.BYTES + Long.BYTES);

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // odd, its bits well mixed

  private final Bytes before;
  private final Bytes after;
  private final int blockBytes;

  /** One more than the number of the old file's block; 0 is free. */
  private final int[] table = new int[TABLE_ENTRIES];

  /**
   * The whole hash of that block: every second slot is taken, and to look at a block is to read.
   */
  private final long[] hashes = new long[TABLE_ENTRIES];

  private final List<Piece> pieces = new ArrayList<>();
  private long covered;

  /**
   * A piece of the new file.
   *
   * @param copied whether it lies in the old file
   * @param offset where it lies there; for other pieces, where in the new one
   */
  record Piece(boolean copied, long offset, long length) {}

  /** The new file as pieces, in its order. */
  record Result(List<Piece> pieces, BlockSource newFile) {
    Result {
      pieces = List.copyOf(pieces);
    }

    long sizeBytes() {
      return newFile.size();
    }

    /** How many bytes are not in the old file. */
    long addedBytes() {
      return pieces.stream().filter(p -> !p.copied()).mapToLong(Piece::length).sum();
    }

    /** The bytes of a piece that is not in the old file. */
    InputStream added(Piece piece) {
      return newFile.stream(piece.offset(), piece.length());
    }
  }

  private RollingCopies(BlockSource oldFile, BlockSource newFile) {
    before = new Bytes(oldFile);
    after = new Bytes(newFile);
    int bytes = BLOCK_BYTES_MIN;
    while (oldFile.size() / bytes > TABLE_ENTRIES / 2) {
      bytes *= 2;
    }
    blockBytes = bytes;
  }

  /** Compares two files, which stay open and are still needed for the result. */
  static Result between(BlockSource oldFile, BlockSource newFile) throws IOException {
    var run = new RollingCopies(oldFile, newFile);
    run.index();
    run.search();
    return new Result(run.pieces, newFile);
  }

  private void index() throws IOException {
    for (int block = 0; (block + 1L) * blockBytes <= before.size(); block++) {
      long hash = hash(before, (long) block * blockBytes);
      int slot = slot(hash);
      if (table[slot] == 0) {
        table[slot] = block + 1; // of blocks that are alike the first will do
        hashes[slot] = hash;
      }
    }
  }

  private long hash(Bytes bytes, long at) throws IOException {
    long hash = 0;
    for (int i = 0; i < blockBytes; i++) {
      hash = hash * MULTIPLIER + (bytes.at(at + i) & 0xff) + 1;
    }
    return hash;
  }

  private static int slot(long hash) {
    return (int) ((hash ^ hash >>> 29) * MULTIPLIER >>> 43); // 21 bits
  }

  private void search() throws IOException {
    long outgoing = 1; // what the byte that leaves the window was multiplied with
    for (int i = 1; i < blockBytes; i++) {
      outgoing *= MULTIPLIER;
    }
    long at = 0;
    long hash = after.size() >= blockBytes ? hash(after, 0) : 0;
    while (at + blockBytes <= after.size()) {
      int slot = slot(hash);
      int block = table[slot] - 1;
      boolean likely = block >= 0 && hashes[slot] == hash;
      long end = likely ? match(at, (long) block * blockBytes) : at;
      if (end > at) {
        at = end;
        hash = at + blockBytes <= after.size() ? hash(after, at) : 0;
      } else {
        if (at + blockBytes < after.size()) {
          hash -= outgoing * ((after.at(at) & 0xff) + 1);
          hash = hash * MULTIPLIER + (after.at(at + blockBytes) & 0xff) + 1;
        }
        at++;
      }
    }
    add(false, covered, after.size() - covered);
  }

  /** Takes the match if there is one. Gives where it ends in the new file, or {@code at}. */
  private long match(long at, long old) throws IOException {
    int same = 0;
    while (same < blockBytes && after.at(at + same) == before.at(old + same)) {
      same++;
    }
    if (same < blockBytes) {
      return at;
    }
    long start = at;
    long oldStart = old;
    while (start > covered && oldStart > 0 && after.at(start - 1) == before.at(oldStart - 1)) {
      start--;
      oldStart--;
    }
    long end = at + same;
    long oldEnd = old + same;
    while (end < after.size() && oldEnd < before.size() && after.at(end) == before.at(oldEnd)) {
      end++;
      oldEnd++;
    }
    add(false, covered, start - covered);
    add(true, oldStart, end - start);
    covered = end;
    return end;
  }

  private void add(boolean copied, long offset, long length) {
    if (length > 0) {
      pieces.add(new Piece(copied, offset, length));
    }
  }

  /** Single bytes of a file, read by pages. */
  private static final class Bytes {
    private static final int PAGE_BYTES = 1 << 18;

    private final BlockSource source;
    private final byte[] page = new byte[PAGE_BYTES];
    private long pageStart;
    private int pageLength;

    Bytes(BlockSource source) {
      this.source = source;
    }

    long size() {
      return source.size();
    }

    byte at(long position) throws IOException {
      long index = position - pageStart;
      if (index < 0 || index >= pageLength) {
        pageStart = position - position % PAGE_BYTES;
        pageLength = (int) Math.min(PAGE_BYTES, source.size() - pageStart);
        source.readFully(pageStart, ByteBuffer.wrap(page, 0, pageLength));
        index = position - pageStart;
      }
      return page[(int) index];
    }
  }
}
