// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.coding.LaneWriter;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.util.List;

/** One making of a delta, step by step. */
final class Making {
  private static final int STEP_BITS = 20;
  private static final Area[] AREAS = Area.values();
  private static final BlockSource NOTHING = BlockSource.bytes(new byte[0]);

  private final BlockSource source;
  private final BlockSource target;
  private final DeltaOptions options;
  private final Progress progress;

  Making(BlockSource source, BlockSource target, DeltaOptions options, Progress progress) {
    this.source = source;
    this.target = target;
    this.options = options;
    this.progress = progress;
  }

  BlockDelta make() throws IOException {
    Aside<Digest> sourceDigest =
        Aside.run(options.executor(), () -> Digest.of(source.stream(0, source.size())));
    Aside<TargetDigests.Checks> checks =
        Aside.run(options.executor(), () -> TargetDigests.Checks.of(target, 1 << STEP_BITS));
    ByteSpace space = ByteSpace.of(List.of(source, NOTHING, target, NOTHING));
    List<Alignment> copies = Search.equalBlocks(space);
    Layout layout = Layout.plain(space);
    List<Search.Stretch> stretches = new Search(space, layout, options).align(copies);
    var lanes =
        new LaneWriter(
            Lanes.options(
                options.profile().effort(), Math.toIntExact(options.dictionary().bytes())),
            options.scratch());
    boolean done = false;
    try (Task task = progress.start("making the delta", target.size())) {
      lanes.lane(Lanes.TARGET_CHECKS.ordinal()).write(checks.get().steps());
      var recital = new Recital(space, Making::place, lanes, Ledger.NONE);
      for (Search.Stretch stretch : stretches) {
        recital.stretch(stretch.start(), stretch.end(), stretch.alignments());
        task.advance(stretch.length());
      }
      recital.end();
      lanes.compress(options.executor());
      int[] dictionaries = new int[Lanes.COUNT];
      for (int i = 0; i < dictionaries.length; i++) {
        dictionaries[i] = lanes.dictionaryBytes(i);
      }
      var header =
          new DeltaHeader(
              options.profile(),
              STEP_BITS,
              source.size(),
              sourceDigest.get(),
              target.size(),
              checks.get().whole(),
              0,
              0,
              dictionaries);
      done = true;
      return new BlockDelta(header, lanes);
    } finally {
      if (!done) {
        lanes.close();
      }
    }
  }

  private static Place place(long address) {
    return new Place(AREAS[ByteSpace.area(address)], ByteSpace.offset(address));
  }
}
