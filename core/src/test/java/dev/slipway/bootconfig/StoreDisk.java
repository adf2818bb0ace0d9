// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A little disk with a boot store on it, which remembers what was written. */
final class StoreDisk {
  static final long FIRST = 4096;
  static final long SECOND = 8192;

  record Write(long offset, byte[] bytes) {}

  private final byte[] bytes = new byte[16384];
  private final List<Write> writes = new ArrayList<>();
  private int flushes;
  private boolean dropping;

  StoreDisk(BootState state) {
    overwrite(FIRST, BootStore.fresh(state).get(0).bytes());
    overwrite(SECOND, BootStore.fresh(state).get(1).bytes());
  }

  /** Loses what is written from now on. */
  StoreDisk dropping() {
    dropping = true;
    return this;
  }

  BootStore store() {
    return BootStore.at(new Source(), new Sink(), new long[] {FIRST, SECOND});
  }

  void overwrite(long offset, byte[] content) {
    System.arraycopy(content, 0, bytes, (int) offset, content.length);
  }

  byte[] block(int number) {
    int offset = (int) (number == 0 ? FIRST : SECOND);
    return Arrays.copyOfRange(bytes, offset, offset + GrubEnvironment.BYTES);
  }

  List<Write> writes() {
    return writes;
  }

  int flushes() {
    return flushes;
  }

  /** What reads this disk. */
  private final class Source implements BlockSource {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(long position, ByteBuffer target) {
      int count = Math.min(target.remaining(), bytes.length - (int) position);
      target.put(bytes, (int) position, count);
      return count;
    }

    @Override
    public void close() {}
  }

  /** What writes to it. */
  private final class Sink implements BlockSink {
    @Override
    public void write(long position, ByteBuffer content) {
      byte[] copy = new byte[content.remaining()];
      content.get(copy);
      writes.add(new Write(position, copy));
      if (!dropping) {
        overwrite(position, copy);
      }
    }

    @Override
    public void flush() {
      flushes++;
    }

    @Override
    public void close() {}
  }
}
