// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskLayout;
import dev.slipway.gpt.Gpt;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Disks whose slot B fails. */
final class FailingDisk {
  private FailingDisk() {}

  private static long slotB(RecordedDisk disk) throws IOException {
    var table = Gpt.read(disk.source(), "disk").table();
    return table.offsetBytes(table.entry(DiskLayout.ROOT_B).orElseThrow());
  }

  /** One whose slot cannot be read at a place before something is written there. */
  static SystemDisk unreadableUntilWritten(RecordedDisk disk) throws IOException {
    long bad = slotB(disk) + 100_000;
    BlockSource source = disk.source();
    BlockSink sink = disk.sink();
    boolean[] mended = new boolean[1];
    return SystemDisk.of(
        "failing",
        new BlockSource() {
          @Override
          public long size() {
            return source.size();
          }

          @Override
          public int read(long position, ByteBuffer target) throws IOException {
            if (!mended[0] && position <= bad && bad < position + target.remaining()) {
              throw new IOException("Input/output error");
            }
            return source.read(position, target);
          }

          @Override
          public void close() {}
        },
        new BlockSink() {
          @Override
          public void write(long position, ByteBuffer bytes) throws IOException {
            mended[0] |= position <= bad && bad < position + bytes.remaining();
            sink.write(position, bytes);
          }

          @Override
          public void flush() throws IOException {
            sink.flush();
          }

          @Override
          public void close() {}
        });
  }

  /** One whose slot takes nothing from a place on. */
  static SystemDisk unwritable(RecordedDisk disk, long from, String reason) throws IOException {
    long start = slotB(disk);
    long end = start + disk.open().slot(Slot.B).size();
    BlockSink sink = disk.sink();
    return SystemDisk.of(
        "failing",
        disk.source(),
        new BlockSink() {
          @Override
          public void write(long position, ByteBuffer bytes) throws IOException {
            if (position + bytes.remaining() > start + from && position < end) {
              throw new IOException(reason);
            }
            sink.write(position, bytes);
          }

          @Override
          public void flush() throws IOException {
            sink.flush();
          }

          @Override
          public void close() {}
        });
  }
}
