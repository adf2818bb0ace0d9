// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import dev.slipway.io.BlockSource;
import dev.slipway.io.StructReader;
import dev.slipway.testing.PowerCuts.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a virtual machine wrote to a disk, in order: QEMU's {@code blklogwrites} keeps it in the
 * format of the kernel's dm-log-writes.
 */
public final class BlockWriteLog {
  private static final int SECTOR = 512;
  private static final long MAGIC = 0x6a736677736872L;
  private static final long FLUSH = 1;
  private static final long DISCARD = 1 << 2;
  private static final long MARK = 1 << 3;

  private BlockWriteLog() {}

  /** Every write and every flush. */
  public static List<Event> read(Path log) throws IOException {
    var events = new ArrayList<Event>();
    try (BlockSource source = BlockSource.file(log)) {
      StructReader head = at(source, log, 0);
      if (head.u64(0, "magic") != MAGIC || head.u32(24, "sectorsize") != SECTOR) {
        throw new IOException(log + ": no log of writes of sectors of 512 bytes");
      }
      long count = head.u64(16, "nr_entries");
      long offset = SECTOR;
      for (long i = 0; i < count; i++) {
        StructReader entry = at(source, log, offset);
        long flags = entry.u64(16, "flags");
        long bytes = entry.u64(8, "nr_sectors") * SECTOR;
        offset += SECTOR;
        if ((flags & FLUSH) != 0) {
          events.add(new Event(0, new byte[0]));
        }
        if ((flags & MARK) == 0 && bytes > 0) {
          boolean zeros = (flags & DISCARD) != 0;
          byte[] content = zeros ? new byte[(int) bytes] : source.readFully(offset, (int) bytes);
          events.add(new Event(entry.u64(0, "sector") * SECTOR, content));
          offset += zeros ? 0 : bytes;
        }
      }
    }
    return events;
  }

  private static StructReader at(BlockSource source, Path log, long offset) throws IOException {
    return StructReader.littleEndian(log.toString(), offset, source.readFully(offset, SECTOR));
  }
}
