// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/** Reads a file block by block. What is skipped is not unpacked. */
final class FileDataStream extends InputStream {
  private final FileData file;
  private int block;
  private int offset;

  /** Where the current block is in the image. */
  private long position;

  /** Null as long as the current block is not needed, and for holes. */
  private FileData.Loaded loaded;

  FileDataStream(FileData file) {
    this.file = file;
    this.position = file.start();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int at, int length) throws IOException {
    Objects.checkFromIndexSize(at, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (block == file.blockCount()) {
      return -1;
    }
    int step = Math.min(length, file.lengthOf(block) - offset);
    if (file.isHole(block)) {
      Arrays.fill(target, at, at + step, (byte) 0);
    } else {
      if (loaded == null) {
        loaded = file.load(block, position);
      }
      System.arraycopy(loaded.bytes(), loaded.offset() + offset, target, at, step);
    }
    move(step);
    return step;
  }

  @Override
  public long skip(long count) {
    long skipped = 0;
    while (skipped < count && block < file.blockCount()) {
      int step = (int) Math.min(count - skipped, file.lengthOf(block) - offset);
      move(step);
      skipped += step;
    }
    return skipped;
  }

  private void move(int step) {
    offset += step;
    if (offset == file.lengthOf(block)) {
      position += file.storedBytes(block);
      block++;
      offset = 0;
      loaded = null;
    }
  }
}
