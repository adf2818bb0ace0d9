// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** The field e_entry of the ELF header. */
final class EntryPoint implements FieldModel {
  private static final int POSITION = 24;

  private final PagedBytes file;

  EntryPoint(PagedBytes file) {
    this.file = file;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    sink.absolute(FieldKind.DYNAMIC, POSITION, 8, 0, file.i64(POSITION));
  }
}
