// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** Counts how many bytes come right that a copy would have wrong, by kind and by jump table. */
final class Gains extends Trial {
  private final PagedBytes oldFile;
  private final PagedBytes newFile;
  private final JumpTables jumpTables;
  private final long[] byKind = new long[FieldKind.values().length];
  private final long[] byTable;

  Gains(FileModel model, JumpTables jumpTables, PagedBytes oldFile, PagedBytes newFile) {
    super(model.map(), 0, newFile);
    this.oldFile = oldFile;
    this.newFile = newFile;
    this.jumpTables = jumpTables;
    this.byTable = new long[jumpTables.count()];
  }

  @Override
  void field(FieldKind kind, long newPosition, int bytes, long value, long target, long actual)
      throws IOException {
    long oldPosition = newPosition - shift();
    int gain = -wrongBytes(value, actual, bytes);
    for (int k = 0; k < bytes; k++) {
      gain += oldFile.u8(oldPosition + k) != newFile.u8(newPosition + k) ? 1 : 0;
    }
    byKind[kind.ordinal()] += gain;
    if (kind == FieldKind.JUMP_TABLE) {
      byTable[jumpTables.tableAt(oldPosition)] += gain;
    }
  }

  long of(FieldKind kind) {
    return byKind[kind.ordinal()];
  }

  long[] byTable() {
    return byTable.clone();
  }
}
