// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.code.CodeContext;
import dev.slipway.delta.coding.LaneWriter;
import dev.slipway.delta.member.Rebuild;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import dev.slipway.match.Sameness;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** One making of a delta, step by step. */
final class Making {
  private static final int STEP_BITS = 20;

  private final BlockSource source;
  private final BlockSource target;
  private final Volume volume;
  private final DeltaOptions options;
  private final Progress progress;

  Making(
      BlockSource source,
      BlockSource target,
      Volume volume,
      DeltaOptions options,
      Progress progress) {
    this.source = source;
    this.target = target;
    this.volume = volume;
    this.options = options;
    this.progress = progress;
  }

  BlockDelta make() throws IOException {
    Aside<Digest> sourceDigest =
        Aside.run(options.executor(), () -> Digest.of(source.stream(0, source.size())));
    Aside<TargetDigests.Checks> checks =
        Aside.run(options.executor(), () -> TargetDigests.Checks.of(target, 1 << STEP_BITS));
    Sameness same = Search.equalBlocks(source, target, options);
    List<Alignment> copies = same.copies();
    try (MemberTexts old = openSource(copies);
        MemberTexts made = openTarget(copies)) {
      ByteSpace space =
          ByteSpace.of(List.of(source, old.plain(), target, made.plain())).knowing(same);
      Layout layout = Layout.of(space, made.texts());
      List<Search.Stretch> stretches =
          new Search(space, layout, options, progress).align(made.without(copies));
      var code = new CodeSearch(space, options);
      List<List<CodePair>> pairs =
          options.profile().looksInside() ? code.pair(stretches) : CodeSearch.none(stretches);
      return tell(space, stretches, pairs, code.context(), old, made, sourceDigest, checks);
    }
  }

  private MemberTexts openSource(List<Alignment> copies) throws IOException {
    return options.profile().looksInside()
        ? MemberTexts.ofSource(source, copies, options.scratch(), options.profile().budget())
        : MemberTexts.none(options.scratch());
  }

  private MemberTexts openTarget(List<Alignment> copies) throws IOException {
    return options.profile().looksInside()
        ? MemberTexts.ofTarget(
            target, copies, options.scratch(), options.executor(), options.profile().budget())
        : MemberTexts.none(options.scratch());
  }

  private BlockDelta tell(
      ByteSpace space,
      List<Search.Stretch> stretches,
      List<List<CodePair>> pairs,
      CodeContext context,
      MemberTexts old,
      MemberTexts made,
      Aside<Digest> sourceDigest,
      Aside<TargetDigests.Checks> checks)
      throws IOException {
    var places = new Places(old, made, stretches, pairs);
    var lanes =
        new LaneWriter(
            Lanes.options(
                options.profile().effort(), Math.toIntExact(options.dictionary().bytes())),
            options.scratch());
    boolean done = false;
    try (Task task = progress.start("writing down what is new", target.size())) {
      lanes.lane(Lanes.TARGET_CHECKS.ordinal()).write(checks.get().steps());
      prologue(space, old, places, context)
          .write(lanes.lane(Lanes.LENGTHS.ordinal()), lanes.lane(Lanes.SIDES.ordinal()));
      var recital = new Recital(space, places, context, lanes);
      long memory = unpacking(old, places);
      for (int i = 0; i < stretches.size(); i++) {
        Search.Stretch stretch = stretches.get(i);
        if (stretch.member() < 0) {
          recital.stretch(stretch, pairs.get(i));
          task.advance(stretch.length());
        } else {
          MemberTexts.Text text = made.texts().get(stretch.member());
          memory = Math.max(memory, text.recipe().length + Rebuild.memoryBytes(text.recipe()));
          recital.member(text, places.made().isUsed(stretch.member()), stretch, pairs.get(i));
          task.advance(text.member().length());
        }
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
              places.old().bytes() + places.made().bytes(),
              memory + recital.memoryBytes(),
              dictionaries);
      done = true;
      return new BlockDelta(header, lanes, volume, options.scratch());
    } finally {
      if (!done) {
        lanes.close();
      }
    }
  }

  /** The memory that unpacking the members of the source takes, one after the other. */
  private long unpacking(MemberTexts old, Places places) throws IOException {
    long most = 0;
    for (int i = 0; i < old.texts().size(); i++) {
      if (places.old().isUsed(i)) {
        most = Math.max(most, old.texts().get(i).member().memoryBytes(source));
      }
    }
    return most;
  }

  private static Prologue prologue(
      ByteSpace space, MemberTexts old, Places places, CodeContext context) throws IOException {
    var opened = new ArrayList<Prologue.Opened>();
    for (int i = 0; i < old.texts().size(); i++) {
      if (places.old().isUsed(i)) {
        MemberTexts.Text text = old.texts().get(i);
        var crc = new CRC32C();
        long address = ByteSpace.base(Area.SOURCE_PLAIN.ordinal()) + text.plainOffset();
        space.update(crc, address, text.member().plainLength());
        opened.add(new Prologue.Opened(text.member(), (int) crc.getValue()));
      }
    }
    return new Prologue(opened, context.bytes());
  }
}
