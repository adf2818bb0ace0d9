// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** Turns fields with old targets into fields with new values, within one alignment. */
abstract class MappedFields implements FieldSink {
  private final AddressMap map;
  private final int disabled;
  private long start;
  private long end;
  private long shift;

  /**
   * @param disabled the {@linkplain FieldKind#bit bits} of the kinds to leave as they are
   */
  MappedFields(AddressMap map, int disabled) {
    this.map = map;
    this.disabled = disabled;
  }

  /** Says where the fields that follow lie: old bytes {@code [start, end)}, moved by a shift. */
  final void within(long alignmentStart, long alignmentEnd, long alignmentShift) {
    this.start = alignmentStart;
    this.end = alignmentEnd;
    this.shift = alignmentShift;
  }

  final long shift() {
    return shift;
  }

  /**
   * Takes a field of the new file.
   *
   * @param target the old address it refers to, or {@link AddressMap#NONE}
   */
  abstract void field(FieldKind kind, long newPosition, int bytes, long value, long target)
      throws IOException;

  /** Whether a field is wanted and lies within the alignment. */
  private boolean wanted(FieldKind kind, long position, int bytes) {
    return (disabled & kind.bit()) == 0 && position >= start && position <= end - bytes;
  }

  @Override
  public final void relative(FieldKind kind, long position, int bytes, long distance, long target)
      throws IOException {
    if (!wanted(kind, position, bytes)) {
      return;
    }
    long own = map.after().addressOf(position + shift);
    if (own != AddressMap.NONE) {
      absolute(kind, position, bytes, own + distance, target);
    }
  }

  @Override
  public final void backward(FieldKind kind, long position, int bytes, long target)
      throws IOException {
    if (!wanted(kind, position, bytes)) {
      return;
    }
    long own = map.after().addressOf(position + shift);
    long mapped = map.map(target);
    if (own != AddressMap.NONE && mapped != AddressMap.NONE) {
      field(kind, position + shift, bytes, own - mapped, AddressMap.NONE);
    }
  }

  @Override
  public final void absolute(FieldKind kind, long position, int bytes, long base, long target)
      throws IOException {
    if (!wanted(kind, position, bytes)) {
      return;
    }
    long mapped = map.map(target);
    if (mapped == AddressMap.NONE) {
      return;
    }
    long value = mapped - base;
    if (bytes == 8 || value == (int) value) {
      field(kind, position + shift, bytes, value, target);
    }
  }

  @Override
  public final void inRow(FieldKind kind, long position, int bytes, long value, Rows rows)
      throws IOException {
    plain(kind, position, bytes, value + rows.grown(position, position + shift));
  }

  @Override
  public final void symbol(long position, SymbolTable table, long number) throws IOException {
    plain(FieldKind.RELOCATION_SYMBOL, position, 4, table.mapIndex(number));
  }

  @Override
  public final void text(
      FieldKind kind, long position, int bytes, long base, int section, long inside)
      throws IOException {
    if (inside >= 0 && inside < map.before().section(section).size()) {
      long mapped = map.mapInside(section, inside);
      if (mapped != AddressMap.NONE) {
        plain(kind, position, bytes, base + mapped);
      }
    }
  }

  @Override
  public final void plain(FieldKind kind, long position, int bytes, long value) throws IOException {
    if (wanted(kind, position, bytes)) {
      field(kind, position + shift, bytes, value, AddressMap.NONE);
    }
  }
}
