// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.Arrays;

/**
 * Finds jump tables: code loads the address of one, and from there on every 32 bits are a distance
 * to code.
 */
final class JumpTableFinder implements FieldSink {
  private static final int ENTRIES_LEAST = 3;

  private final PagedBytes file;
  private final AddressMap map;
  private long[] targets = new long[1024];
  private int count;

  JumpTableFinder(PagedBytes file, AddressMap map) {
    this.file = file;
    this.map = map;
  }

  /** The tables of an old file. */
  JumpTables find(FileModel model) throws IOException {
    for (Section section : map.layout().before.sections) {
      if (section.executable() && file.has(section.offset(), section.fileSize())) {
        model.fields(section.offset(), section.endOffset(), this);
      }
    }
    long[] starts = Arrays.stream(targets, 0, count).sorted().distinct().toArray();
    var offsets = new long[starts.length];
    var entries = new int[starts.length];
    int found = 0;
    long end = 0;
    for (int i = 0; i < starts.length && found < JumpTables.MOST; i++) {
      long next = i + 1 < starts.length ? starts[i + 1] : Long.MAX_VALUE;
      Section section = map.before().section(map.before().sectionAt(starts[i]));
      long offset = section.offset() + starts[i] - section.address();
      int length = offset >= end ? entries(starts[i], offset, next, section) : 0;
      if (length >= ENTRIES_LEAST) {
        offsets[found] = offset;
        entries[found++] = length;
        end = offset + (long) length * JumpTables.ENTRY_BYTES;
      }
    }
    return new JumpTables(file, map, Arrays.copyOf(offsets, found), Arrays.copyOf(entries, found));
  }

  private int entries(long start, long offset, long next, Section section) throws IOException {
    int entries = 0;
    for (long at = offset; at <= section.endOffset() - JumpTables.ENTRY_BYTES; ) {
      int to = map.before().sectionAt(start + file.i32(at));
      if (start + (at - offset) >= next || to < 0 || !map.before().section(to).executable()) {
        break;
      }
      entries++;
      at += JumpTables.ENTRY_BYTES;
    }
    return entries;
  }

  @Override
  public void relative(FieldKind kind, long position, int bytes, long distance, long target) {
    if (kind != FieldKind.OPERAND) {
      return;
    }
    int in = map.before().sectionAt(target);
    if (in < 0) {
      return;
    }
    Section section = map.before().section(in);
    boolean constant = !section.executable() && (section.address() + section.size() != target);
    if (constant && file.has(section.offset(), section.fileSize()) && section.fileSize() > 0) {
      if (count == targets.length) {
        targets = Arrays.copyOf(targets, 2 * count);
      }
      targets[count++] = target;
    }
  }

  @Override
  public void backward(FieldKind kind, long position, int bytes, long target) {}

  @Override
  public void absolute(FieldKind kind, long position, int bytes, long base, long target) {}

  @Override
  public void inRow(FieldKind kind, long position, int bytes, long value, Rows rows) {}

  @Override
  public void symbol(long position, SymbolTable table, long number) {}

  @Override
  public void text(FieldKind kind, long position, int bytes, long base, int section, long inside) {}

  @Override
  public void plain(FieldKind kind, long position, int bytes, long value) {}
}
