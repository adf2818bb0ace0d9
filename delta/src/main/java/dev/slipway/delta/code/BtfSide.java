// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import java.io.IOException;

/**
 * What the side information of a file says of its {@code .BTF}.
 *
 * @param typeBytes how many bytes the new types take
 * @param textBytes how many bytes the new names take
 * @param own what becomes of the numbers of the file's own types, counted from 0
 */
record BtfSide(long typeBytes, long textBytes, ShiftRuns own) {
  /** What becomes of the number of a type. */
  long type(long number, BtfContext context) {
    return number <= context.oldTypes()
        ? context.types().map(number)
        : context.newTypes() + 1 + own.map(number - context.oldTypes() - 1);
  }

  void write(Btf before, SideWriter out) {
    out.signed(typeBytes - (before.typesEnd() - before.typesStart()));
    out.signed(textBytes - (before.textEnd() - before.textStart()));
    own.write(out);
  }

  static BtfSide read(Btf before, SideReader in) throws FormatException {
    return new BtfSide(
        before.typesEnd() - before.typesStart() + in.signed("bytes of types"),
        before.textEnd() - before.textStart() + in.signed("bytes of names"),
        ShiftRuns.read(in, "own types"));
  }

  /** The types of a file, if the context knows its kernel; else null. */
  static Btf layout(PagedBytes file, ElfHeaders headers, CodeContext context) throws IOException {
    int index = context.types().known() ? headers.find(".BTF") : -1;
    return index < 0 ? null : Btf.read(file, headers.sections.get(index));
  }

  /** For a file that stays as it is; null if it has no types to speak of. */
  static BtfSide same(PagedBytes file, ElfHeaders headers, CodeContext context) throws IOException {
    Btf layout = layout(file, headers, context);
    if (layout == null) {
      return null;
    }
    return new BtfSide(
        layout.typesEnd() - layout.typesStart(),
        layout.textEnd() - layout.textStart(),
        ShiftRuns.NONE);
  }

  /** What to say of a pair of files, of which the old one has types. */
  static BtfSide between(
      PagedBytes oldFile, ElfHeaders before, PagedBytes newFile, ElfHeaders after)
      throws IOException {
    BtfShapes old = BtfShapes.read(oldFile, before);
    BtfShapes now = BtfShapes.read(newFile, after);
    if (now == null) {
      return new BtfSide(0, 0, ShiftRuns.NONE);
    }
    int[] pairs = SequenceMatcher.match(old.shapes(), now.shapes());
    var olds = new int[pairs.length];
    var news = new int[pairs.length];
    int count = 0;
    for (int i = 0; i < pairs.length; i++) {
      if (pairs[i] >= 0) {
        olds[count] = i;
        news[count++] = pairs[i];
      }
    }
    return new BtfSide(now.typeBytes(), now.textBytes(), ShiftRuns.through(olds, news, count));
  }

  long memoryBytes() {
    return own.memoryBytes();
  }
}
