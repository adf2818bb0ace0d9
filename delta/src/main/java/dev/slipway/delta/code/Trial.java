// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.List;

/** Predicts every field while the new file is at hand, to see what comes right. */
abstract class Trial extends MappedFields {
  private final PagedBytes newFile;

  Trial(AddressMap map, int disabled, PagedBytes newFile) {
    super(map, disabled);
    this.newFile = newFile;
  }

  final void run(FileModel model, List<Alignment> alignments) throws IOException {
    for (Alignment a : alignments) {
      within(a.oldOffset(), a.oldOffset() + a.length(), a.newOffset() - a.oldOffset());
      model.fields(a.oldOffset(), a.oldOffset() + a.length(), this);
    }
  }

  @Override
  final void field(FieldKind kind, long newPosition, int bytes, long value, long target)
      throws IOException {
    long actual =
        switch (bytes) {
          case 2 -> (short) newFile.u16(newPosition);
          case 4 -> newFile.i32(newPosition);
          default -> newFile.i64(newPosition);
        };
    field(kind, newPosition, bytes, value, target, actual);
  }

  /** Takes a field with what it really holds, sign-extended. */
  abstract void field(
      FieldKind kind, long newPosition, int bytes, long value, long target, long actual)
      throws IOException;

  /** How many of the lower bytes differ. */
  static int wrongBytes(long a, long b, int bytes) {
    long difference = a ^ b;
    int wrong = 0;
    for (int k = 0; k < bytes; k++) {
      wrong += (difference >>> 8 * k & 0xff) != 0 ? 1 : 0;
    }
    return wrong;
  }
}
