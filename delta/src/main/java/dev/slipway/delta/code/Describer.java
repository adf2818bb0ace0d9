// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the side information of a pair of files: tries the models, corrects targets that many
 * references agree on, and turns off what does not pay.
 */
final class Describer {
  private static final byte[] NOTHING = {};

  private final CodeContext context;
  private final PagedBytes oldFile;
  private final PagedBytes newFile;
  private final List<Alignment> alignments;
  private final OffsetMap offsets;
  private final SideWriter out = new SideWriter();
  private BtfSide types;

  Describer(
      CodeContext context, PagedBytes oldFile, PagedBytes newFile, List<Alignment> alignments) {
    this.context = context;
    this.oldFile = oldFile;
    this.newFile = newFile;
    this.alignments = alignments;
    this.offsets = OffsetMap.of(alignments, oldFile.size());
  }

  byte[] describe() throws IOException {
    ElfHeaders before = ElfHeaders.read(oldFile);
    ElfHeaders after = ElfHeaders.read(newFile);
    if (before == null
        || after == null
        || offsets.isEmpty()
        || before.machine != after.machine
        || before.type != after.type) {
      return NOTHING;
    }
    Btf oldTypes = BtfSide.layout(oldFile, before, context);
    types = oldTypes == null ? null : BtfSide.between(oldFile, before, newFile, after);
    Layout layout = LayoutCodec.write(Layout.pair(before, after), out);
    var plain = new AddressMap(layout, offsets, Corrections.NONE);
    JumpTables jumpTables = new JumpTableFinder(oldFile, plain).find(model(plain, noTables(plain)));
    Corrections corrections = corrections(plain, jumpTables);
    var map = new AddressMap(layout, offsets, corrections);
    jumpTables = jumpTables.with(map);
    FileModel model = model(map, jumpTables);
    var gains = new Gains(model, jumpTables, oldFile, newFile);
    gains.run(model, alignments);
    int disabled = 0;
    long gain = headerGain(model);
    for (FieldKind kind : FieldKind.values()) {
      if (gains.of(kind) < 0) {
        disabled |= kind.bit();
      } else {
        gain += gains.of(kind);
      }
    }
    out.number(disabled);
    corrections.write(plain, out);
    if (types != null) {
      types.write(oldTypes, out);
    }
    jumpTables.paying(gains.byTable()).write(out);
    return gain > out.size() ? out.bytes() : NOTHING;
  }

  private JumpTables noTables(AddressMap map) {
    return new JumpTables(oldFile, map, new long[0], new int[0]);
  }

  private FileModel model(AddressMap map, JumpTables jumpTables) throws IOException {
    return new FileModel(map, Regions.of(oldFile, map, context, types), jumpTables, 0);
  }

  private Corrections corrections(AddressMap plain, JumpTables jumpTables) throws IOException {
    var votes = new Votes(plain, newFile);
    votes.run(model(plain, jumpTables), alignments);
    return votes.settle();
  }

  /** How many bytes of the new headers a copy would have wrong. */
  private long headerGain(FileModel model) throws IOException {
    long gain = 0;
    var copied = new byte[1 << 12];
    var known = new byte[1 << 12];
    for (Alignment a : alignments) {
      for (long done = 0; done < a.length(); done += copied.length) {
        int count = (int) Math.min(copied.length, a.length() - done);
        oldFile.copy(a.oldOffset() + done, copied, 0, count);
        System.arraycopy(copied, 0, known, 0, count);
        model.headers().fill(a.newOffset() + done, known, 0, count);
        if (!Arrays.equals(copied, 0, count, known, 0, count)) {
          for (int i = 0; i < count; i++) {
            gain += copied[i] != known[i] ? 1 : 0;
          }
        }
      }
    }
    return gain;
  }
}
