// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.LaneWriter;
import dev.slipway.delta.coding.Numbers;
import java.io.IOException;
import java.io.OutputStream;

/** Writes ops into the lanes; {@link OpReader} reads them, field by field in the same order. */
final class OpWriter {
  private final OutputStream ops;
  private final OutputStream lengths;
  private final OutputStream places;
  private final OpCoder coder = new OpCoder();

  OpWriter(LaneWriter lanes) {
    ops = lanes.lane(Lanes.OPS.ordinal());
    lengths = lanes.lane(Lanes.LENGTHS.ordinal());
    places = lanes.lane(Lanes.PLACES.ordinal());
  }

  void end() throws IOException {
    ops.write(OpCoder.END);
  }

  void zeros(long length) throws IOException {
    ops.write(OpCoder.ZEROS);
    Numbers.write(lengths, length);
    coder.made(length);
  }

  void literal(long length) throws IOException {
    ops.write(OpCoder.LITERAL);
    Numbers.write(lengths, length);
    coder.made(length);
  }

  void copy(long length, Place from) throws IOException {
    place(OpCoder.COPY, from);
    Numbers.write(lengths, length);
    coder.copied(from, length);
  }

  void diff(long length, Place from) throws IOException {
    place(OpCoder.DIFF, from);
    Numbers.write(lengths, length);
    coder.copied(from, length);
  }

  /** What is written until {@link #leaveMember} makes the plain text. */
  void enterMember(Op.Member member) throws IOException {
    ops.write(OpCoder.MEMBER);
    Numbers.write(lengths, member.length());
    Numbers.write(lengths, member.plainLength());
    Numbers.write(lengths, (long) member.recipeLength() << 1 | (member.keep() ? 1 : 0));
    coder.enterMember();
  }

  void leaveMember(long length) {
    coder.leaveMember(length);
  }

  void code(Op.Code code) throws IOException {
    place(OpCoder.CODE, code.oldFile());
    Numbers.write(lengths, code.length());
    Numbers.write(lengths, code.oldLength());
    Numbers.write(lengths, code.sideLength());
    Numbers.write(lengths, code.count());
  }

  private void place(int kind, Place from) throws IOException {
    int mode;
    if (from.equals(coder.on())) {
      mode = OpCoder.ON;
    } else if (from.equals(coder.here())) {
      mode = OpCoder.HERE;
    } else {
      mode = OpCoder.AT + from.area().ordinal();
      Numbers.writeSigned(places, from.offset() - coder.end(from.area()));
    }
    ops.write(kind | mode << OpCoder.KIND_BITS);
  }
}
