// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import java.io.IOException;
import java.io.OutputStream;

/** Where the plain text of a member goes: to be rebuilt, to be kept for later copies, or both. */
final class MemberOutput {
  private final Op.Member op;
  private final Reach reach;
  private final OutputStream rebuild;
  private long made;

  /**
   * @param rebuild makes the member of it; null if an earlier run did
   */
  MemberOutput(Op.Member op, Reach reach, OutputStream rebuild) {
    this.op = op;
    this.reach = reach;
    this.rebuild = rebuild;
  }

  /** Whether any of it is needed. */
  boolean isWanted() {
    return rebuild != null || op.keep();
  }

  /** How much is still to come. */
  long left() {
    return op.plainLength() - made;
  }

  void write(byte[] bytes, int length) throws IOException {
    made += length;
    if (rebuild != null) {
      rebuild.write(bytes, 0, length);
    }
    if (op.keep()) {
      reach.keep(bytes, length);
    }
  }

  void pass(long length) {
    made += length;
  }

  void close() throws IOException {
    if (rebuild != null) {
      rebuild.close();
    }
  }
}
