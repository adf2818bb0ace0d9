// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.Arrays;

/**
 * The numbers of types and names in {@code .BTF}. Those of the kernel move as {@link BtfContext}
 * says, the module's own types as the side information says, its own names with the text.
 *
 * <p>Types have no fixed places: a first walk notes the first of each 4 KiB.
 */
final class BtfModel implements FieldModel {
  private static final int STEP_BITS = 12;

  private final PagedBytes file;
  private final int index;
  private final Section section;
  private final Btf layout;
  private final BtfContext context;
  private final BtfSide side;
  private final int[] entries; // where the first type begins that lies in or behind each 4 KiB

  BtfModel(
      PagedBytes file, int index, Section section, Btf layout, BtfContext context, BtfSide side)
      throws IOException {
    this.file = file;
    this.index = index;
    this.section = section;
    this.layout = layout;
    this.context = context;
    this.side = side;
    this.entries = new int[(int) (layout.typesEnd() - layout.typesStart() >>> STEP_BITS) + 1];
    Arrays.fill(entries, Integer.MAX_VALUE);
    for (long at = layout.typesStart(); more(at); at += Btf.bytes(file.i32(at + 4))) {
      int inside = (int) (at - layout.typesStart());
      entries[inside >>> STEP_BITS] = Math.min(entries[inside >>> STEP_BITS], inside);
    }
  }

  private boolean more(long at) throws IOException {
    return at <= layout.typesEnd() - Btf.TYPE_BYTES
        && at <= layout.typesEnd() - Btf.bytes(file.i32(at + 4));
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    if (from < layout.typesStart()) {
      header(sink);
    }
    // A type may be long, so the one that reaches into the range can begin far before it.
    int step = (int) (Math.max(0, from - layout.typesStart()) >>> STEP_BITS);
    step = Math.min(step, entries.length - 1);
    while (step > 0 && layout.typesStart() + (long) entries[step] > from) {
      step--;
    }
    if (entries[step] == Integer.MAX_VALUE) {
      return;
    }
    for (long at = layout.typesStart() + entries[step]; at < to && more(at); ) {
      int info = file.i32(at + 4);
      long next = at + Btf.bytes(info);
      if (next > from) {
        type(at, info, from, to, sink);
      }
      at = next;
    }
  }

  private void header(FieldSink sink) throws IOException {
    long start = section.offset();
    sink.plain(FieldKind.TYPE_HEADER, start + 12, 4, side.typeBytes());
    sink.plain(FieldKind.TYPE_HEADER, start + 16, 4, side.typeBytes());
    sink.plain(FieldKind.TYPE_HEADER, start + 20, 4, side.textBytes());
  }

  private void type(long at, int info, long from, long to, FieldSink sink) throws IOException {
    int kind = Btf.kind(info);
    name(at, sink);
    if (Btf.refers(kind)) {
      number(at + 8, sink);
    }
    if (kind == Btf.ARRAY) {
      number(at + 12, sink);
      number(at + 16, sink);
    }
    if (!Btf.hasMembers(kind)) {
      return;
    }
    int bytesEach = Btf.memberBytes(kind);
    int typeAt = Btf.typeInMember(kind);
    long members = at + Btf.TYPE_BYTES;
    long first = Math.max(0, (from - members) / bytesEach);
    long last = Math.min(Btf.members(info), (to - members + bytesEach - 1) / bytesEach);
    for (long i = first; i < last; i++) {
      long member = members + i * bytesEach;
      if (Btf.nameInMember(kind)) {
        name(member, sink);
      }
      if (typeAt >= 0) {
        number(member + typeAt, sink);
      }
    }
  }

  private void name(long at, FieldSink sink) throws IOException {
    long name = file.u32(at);
    if (name == 0) {
      return;
    }
    if (name < context.oldText()) {
      sink.plain(FieldKind.TYPE_NAME, at, 4, context.text().map(name));
      return;
    }
    long base = context.newText() - Btf.HEADER_BYTES - side.typeBytes();
    long inside = layout.textStart() - section.offset() + name - context.oldText();
    sink.text(FieldKind.TYPE_NAME, at, 4, base, index, inside);
  }

  private void number(long at, FieldSink sink) throws IOException {
    long type = file.u32(at);
    if (type != 0) {
      sink.plain(FieldKind.TYPE_NUMBER, at, 4, side.type(type, context));
    }
  }

  @Override
  public long memoryBytes() {
    return 4L * entries.length + side.memoryBytes();
  }
}
