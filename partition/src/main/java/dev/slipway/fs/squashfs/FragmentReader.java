// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.StructReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Blocks that small files share. The last few stay unpacked, because whoever reads one of their
 * files is likely to read the next.
 */
final class FragmentReader {
  private static final int ENTRY_BYTES = 16;
  private static final int KEPT = 8;

  /** Where a fragment block is: its offset and its size as inodes give sizes. */
  record Place(long start, int size) {}

  private final ReadBlocks blocks;
  private final IndexedTable table;
  private final Map<Long, Place> places = new HashMap<>();
  private final Map<Place, byte[]> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, byte[]> eldest) {
          return size() > KEPT;
        }
      };

  FragmentReader(ReadBlocks blocks) throws IOException {
    this.blocks = blocks;
    Superblock superblock = blocks.superblock();
    this.table =
        new IndexedTable(
            blocks,
            superblock.fragmentCount() == 0 ? Superblock.BYTES : superblock.fragmentTableStart(),
            superblock.fragmentCount(),
            ENTRY_BYTES,
            "fragment table");
  }

  /** Where a fragment block is; called while the tree is read, by one thread. */
  Place place(long number, String what) throws IOException {
    Place known = places.get(number);
    if (known == null) {
      StructReader entry = table.entry(number);
      known = new Place(entry.u64(0, "start_block"), (int) entry.u32(8, "size"));
      blocks.requireBlockSize(known.size(), what);
      blocks.requireInside(known.start(), ReadBlocks.storedBytes(known.size()), what);
      places.put(number, known);
    }
    return known;
  }

  /** The unpacked block; safe for several threads. */
  byte[] read(Place place, String what) throws IOException {
    synchronized (kept) {
      byte[] known = kept.get(place);
      if (known != null) {
        return known;
      }
    }
    byte[] block = blocks.data(place.start(), place.size(), what);
    synchronized (kept) {
      kept.put(place, block);
    }
    return block;
  }
}
