// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** Takes the fields that a {@link FieldModel} finds in old bytes. */
interface FieldSink {
  /**
   * A field that holds {@code target - (its own address + distance)}.
   *
   * @param position where the field lies in the old file
   * @param target the old address it refers to
   */
  void relative(FieldKind kind, long position, int bytes, long distance, long target)
      throws IOException;

  /** A field that holds {@code its own address - target}. */
  void backward(FieldKind kind, long position, int bytes, long target) throws IOException;

  /**
   * A field that holds {@code target - base}.
   *
   * @param base in the new file's terms
   * @param target the old address it refers to
   */
  void absolute(FieldKind kind, long position, int bytes, long base, long target)
      throws IOException;

  /** A field whose value grows with the number of its row in a table. */
  void inRow(FieldKind kind, long position, int bytes, long value, Rows rows) throws IOException;

  /** A field that holds the number of a symbol. */
  void symbol(long position, SymbolTable table, long number) throws IOException;

  /** A field that holds {@code base + the offset of a text in a section}. */
  void text(FieldKind kind, long position, int bytes, long base, int section, long inside)
      throws IOException;

  /** A field whose new value the model knows. */
  void plain(FieldKind kind, long position, int bytes, long value) throws IOException;
}
