// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.fs.squashfs.BlockPacker.Packed;
import dev.slipway.io.BlockSink;
import dev.slipway.io.Struct;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the contents of files, one after the other. Files that are smaller than a block share
 * fragment blocks; blocks of zeros are left out; a content that was written already is not written
 * again.
 */
final class DataArea {
  private static final int FRAGMENT_ENTRY_BYTES = 16;

  private final BlockSink sink;
  private final PackingQueue queue;
  private final int blockBytes;
  private final Task task;
  private final Map<Content, StoredFile> written = new HashMap<>();
  private final List<byte[]> fragmentEntries = new ArrayList<>();
  private final byte[] zeros;
  private byte[] fragment;
  private int fragmentFilled;
  private int fragmentNumber;
  private long position;

  DataArea(BlockSink sink, long start, PackingQueue queue, int blockBytes, Task task) {
    this.sink = sink;
    this.position = start;
    this.queue = queue;
    this.blockBytes = blockBytes;
    this.task = task;
    this.zeros = new byte[blockBytes];
    this.fragment = new byte[blockBytes];
  }

  /** Adds a file. What is returned is filled in when {@link #finish} has been called. */
  StoredFile add(String path, Content content) throws IOException {
    StoredFile known = written.get(content);
    if (known != null) {
      task.advance(content.sizeBytes());
      return known;
    }
    StoredFile file;
    try (InputStream in = content.open()) {
      file =
          content.sizeBytes() < blockBytes
              ? addSmall(path, in, (int) content.sizeBytes())
              : addBlocks(path, in, content.sizeBytes());
    }
    written.put(content, file);
    return file;
  }

  private StoredFile addSmall(String path, InputStream in, int size) throws IOException {
    var file = new StoredFile(0);
    if (size == 0) {
      return file;
    }
    if (size > blockBytes - fragmentFilled) {
      endFragment();
    }
    read(path, in, fragment, fragmentFilled, size, 0);
    file.putFragment(fragmentNumber, fragmentFilled);
    fragmentFilled += size;
    return file;
  }

  private StoredFile addBlocks(String path, InputStream in, long size) throws IOException {
    long count = (size + blockBytes - 1) / blockBytes;
    if (count > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          path + ": " + size + " bytes are too many for blocks of " + blockBytes);
    }
    var file = new StoredFile((int) count);
    for (int number = 0; number < count; number++) {
      long offset = (long) number * blockBytes;
      int length = (int) Math.min(blockBytes, size - offset);
      byte[] block = new byte[blockBytes];
      read(path, in, block, 0, length, offset);
      if (!Arrays.equals(block, 0, length, zeros, 0, length)) {
        int index = number;
        queue.add(block, length, packed -> file.put(index, write(packed), packed));
      }
    }
    return file;
  }

  private void read(
      String path, InputStream in, byte[] target, int offset, int length, long fileOffset)
      throws IOException {
    int count = in.readNBytes(target, offset, length);
    if (count < length) {
      throw new EOFException(
          path
              + " ended after "
              + (fileOffset + count)
              + " bytes, expected at least "
              + (fileOffset + length)
              + "; did it change while it was read?");
    }
    task.advance(count);
  }

  private void endFragment() throws IOException {
    byte[] block = fragment;
    fragment = new byte[blockBytes];
    queue.add(block, fragmentFilled, this::writeFragment);
    fragmentFilled = 0;
    fragmentNumber++;
  }

  private void writeFragment(Packed packed) throws IOException {
    long start = write(packed);
    int size = packed.bytes().length | (packed.plain() ? StoredFile.PLAIN : 0);
    fragmentEntries.add(
        Struct.littleEndian(FRAGMENT_ENTRY_BYTES)
            .u64(0, start, "start_block")
            .u32(8, size, "size")
            .u32(12, 0, "unused")
            .bytes());
  }

  private long write(Packed packed) throws IOException {
    long at = position;
    sink.write(at, packed.bytes());
    position += packed.bytes().length;
    return at;
  }

  /** Waits for all blocks and gives the offset behind the last of them. */
  long finish() throws IOException {
    if (fragmentFilled > 0) {
      endFragment();
    }
    queue.finish();
    return position;
  }

  /** The entries of the fragment table, in order. */
  List<byte[]> fragmentEntries() {
    return fragmentEntries;
  }
}
