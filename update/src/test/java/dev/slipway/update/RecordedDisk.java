// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.testing.PowerCuts.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A disk in memory that remembers every write and every flush, so that cuts can be replayed. */
final class RecordedDisk {
  private final byte[] start;
  private final byte[] bytes;
  private final List<Event> events = new ArrayList<>();

  RecordedDisk(byte[] content) {
    start = content.clone();
    bytes = content.clone();
  }

  SystemDisk open() throws java.io.IOException {
    return SystemDisk.of("disk", source(), sink());
  }

  List<Event> events() {
    return events;
  }

  /** The disk as it was before the first event. */
  byte[] start() {
    return start.clone();
  }

  BlockSource source() {
    return sourceOf(bytes);
  }

  static BlockSource sourceOf(byte[] content) {
    return new BlockSource() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public int read(long position, ByteBuffer target) {
        int count = (int) Math.min(target.remaining(), content.length - position);
        if (count <= 0) {
          return target.hasRemaining() ? -1 : 0;
        }
        target.put(content, (int) position, count);
        return count;
      }

      @Override
      public void close() {}
    };
  }

  BlockSink sink() {
    return new BlockSink() {
      @Override
      public void write(long position, ByteBuffer content) {
        byte[] copy = new byte[content.remaining()];
        content.get(copy);
        if (copy.length > 0) {
          events.add(new Event(position, copy));
          System.arraycopy(copy, 0, bytes, (int) position, copy.length);
        }
      }

      @Override
      public void flush() {
        events.add(new Event(0, new byte[0]));
      }

      @Override
      public void close() {}
    };
  }
}
