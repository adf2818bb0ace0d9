// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.List;

/** All that is known of one pair of files: where addresses go, and the models of its sections. */
final class FileModel {
  /**
   * No field is longer, so one that reaches into a range begins at most this many bytes less one
   * before.
   */
  private static final int FIELD_LONGEST = 8;

  private final AddressMap map;
  private final List<Region> regions;
  private final JumpTables jumpTables;
  private final int disabled;
  private final NewHeaders headers;

  FileModel(AddressMap map, List<Region> regions, JumpTables jumpTables, int disabled) {
    this.map = map;
    this.regions = regions;
    this.jumpTables = jumpTables;
    this.disabled = disabled;
    this.headers = new NewHeaders(map.layout().after);
  }

  /** Reads the side information of a file. */
  static FileModel read(PagedBytes file, OffsetMap offsets, CodeContext context, SideReader in)
      throws IOException {
    ElfHeaders before = ElfHeaders.read(file);
    if (before == null) {
      throw new FormatException("model of code: the old file is no ELF file that has one");
    }
    if (offsets.isEmpty()) {
      throw new FormatException("model of code: nothing of the old file is used");
    }
    Layout layout = LayoutCodec.read(before, in);
    int disabled = in.count("kinds without prediction", Integer.MAX_VALUE);
    var plain = new AddressMap(layout, offsets, Corrections.NONE);
    var map = new AddressMap(layout, offsets, Corrections.read(plain, in));
    Btf types = BtfSide.layout(file, before, context);
    BtfSide side = types == null ? null : BtfSide.read(types, in);
    JumpTables jumpTables = JumpTables.read(file, map, in);
    in.end();
    return new FileModel(map, Regions.of(file, map, context, side), jumpTables, disabled);
  }

  AddressMap map() {
    return map;
  }

  int disabled() {
    return disabled;
  }

  NewHeaders headers() {
    return headers;
  }

  /** Hands over every field of which old bytes in {@code [from, to)} are a part. */
  void fields(long from, long to, FieldSink sink) throws IOException {
    long first = Math.max(0, from - (FIELD_LONGEST - 1));
    for (int i = region(first); i < regions.size() && regions.get(i).start() < to; i++) {
      Region region = regions.get(i);
      region.model().fields(Math.max(first, region.start()), Math.min(to, region.end()), sink);
    }
    jumpTables.fields(first, to, sink);
  }

  /** The number of the first region that ends behind a place. */
  private int region(long position) {
    int low = 0;
    int high = regions.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (regions.get(middle).end() <= position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  long memoryBytes() {
    long bytes = map.memoryBytes() + jumpTables.memoryBytes() + headers.memoryBytes();
    for (Region region : regions) {
      bytes += region.model().memoryBytes();
    }
    return bytes;
  }
}
