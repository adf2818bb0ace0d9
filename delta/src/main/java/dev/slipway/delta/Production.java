// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.code.CodeContext;
import dev.slipway.delta.code.CodeModel;
import dev.slipway.delta.code.CodePredictor;
import dev.slipway.delta.coding.LaneReader;
import dev.slipway.delta.member.Rebuild;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * Follows the ops of a delta, and so makes its target: reads what they say, keeps members and
 * executables together, and leaves the bytes to {@link Delivery}.
 *
 * <p>When an earlier run made a part of the target already, ops whose bytes are all there are only
 * followed as far as the streams of the delta need it; a member in the midst of which that run
 * ended is made from its beginning, and its first bytes are compared with what is there.
 */
final class Production implements Closeable {
  private final DeltaHeader header;
  private final LaneReader lanes;
  private final TargetOutput output;
  private final Reach reach;
  private final String delta;
  private final OpReader ops;
  private final InputStream lengths;
  private final InputStream sides;
  private final Delivery delivery;
  private CodeModel model;

  Production(
      DeltaHeader header,
      LaneReader lanes,
      BlockSource source,
      TargetOutput output,
      Path scratch,
      String delta)
      throws IOException {
    this.header = header;
    this.lanes = lanes;
    this.output = output;
    this.delta = delta;
    reach = new Reach(header, source, output, scratch, delta);
    lengths = lanes.lane(Lanes.LENGTHS.ordinal());
    sides = lanes.lane(Lanes.SIDES.ordinal());
    ops = new OpReader(lanes);
    delivery = new Delivery(output, reach, lanes, delta);
  }

  void run() throws IOException {
    try {
      Prologue prologue = Prologue.read(lengths, sides, header);
      model = CodeModel.of(CodeContext.read(prologue.context()));
      for (Prologue.Opened opened : prologue.members()) {
        reach.unpack(opened);
      }
      Op op = ops.next(header.targetBytes());
      while (!(op instanceof Op.End)) {
        follow(op);
        op = ops.next(header.targetBytes() - output.position());
      }
    } catch (FormatException e) {
      throw lanes.placed(e);
    }
    if (output.position() != header.targetBytes()) {
      throw new FormatException(
          delta + ": makes " + output.position() + " bytes, expected " + header.targetBytes());
    }
    delivery.end();
  }

  private void follow(Op op) throws IOException {
    if (op instanceof Op.Zeros zeros) {
      delivery.zeros(zeros.length());
    } else if (op instanceof Op.Literal literal) {
      delivery.literal(literal.length());
    } else if (op instanceof Op.Copy copy) {
      delivery.copy(copy.length(), copy.from());
    } else if (op instanceof Op.Diff diff) {
      delivery.diff(diff.length(), diff.from());
    } else if (op instanceof Op.Member inner) {
      member(inner);
    } else if (op instanceof Op.Code inner) {
      code(inner);
    }
  }

  private void code(Op.Code op) throws IOException {
    byte[] side = sides.readNBytes(op.sideLength());
    requireMemory((long) op.count() * Recital.OP_BYTES, "an executable");
    var inner = new ArrayList<Op>();
    var predicted = new ArrayList<Alignment>();
    long made = 0;
    for (int i = 0; i < op.count(); i++) {
      Op next = ops.next(op.length() - made);
      inner.add(next);
      long length = Op.plainLength(next);
      if (next instanceof Op.Diff diff && isWithin(diff, op) && length > 0) {
        predicted.add(new Alignment(made, diff.from().offset() - op.oldFile().offset(), length));
      }
      made += length;
    }
    if (made != op.length()) {
      throw new FormatException(
          delta + ": an executable of " + made + " bytes, expected " + op.length());
    }
    CodePredictor predictor =
        delivery.isThere(op.length())
            ? null
            : model.predictor(reach.part(op.oldFile(), op.oldLength()), predicted, side);
    if (predictor != null) {
      requireMemory(
          predictor.memoryBytes() + (long) op.count() * Recital.OP_BYTES, "an executable");
    }
    long start = delivery.made();
    for (Op next : inner) {
      if (next instanceof Op.Diff diff && isWithin(diff, op)) {
        delivery.predicted(diff.length(), diff.from(), predictor, delivery.made() - start);
      } else {
        follow(next);
      }
    }
  }

  private static boolean isWithin(Op.Diff diff, Op.Code code) {
    long offset = diff.from().offset() - code.oldFile().offset();
    return diff.from().area() == code.oldFile().area()
        && offset >= 0
        && offset + diff.length() <= code.oldLength();
  }

  private void member(Op.Member op) throws IOException {
    byte[] recipe = sides.readNBytes(op.recipeLength());
    long start = output.position();
    boolean there = delivery.isThere(op.length());
    var member = new MemberOutput(op, reach, there ? null : rebuild(recipe));
    delivery.enter(member);
    while (member.left() > 0) {
      follow(ops.next(member.left()));
    }
    delivery.leave();
    if (there) {
      output.skip(op.length());
    }
    ops.leaveMember(op.length());
    if (output.position() != start + op.length()) {
      throw new FormatException(
          delta
              + ": a member of "
              + (output.position() - start)
              + " bytes, expected "
              + op.length());
    }
  }

  private OutputStream rebuild(byte[] recipe) throws IOException {
    requireMemory(recipe.length + Rebuild.memoryBytes(recipe), "a member");
    return Rebuild.open(recipe, output);
  }

  private void requireMemory(long bytes, String what) throws FormatException {
    if (bytes > header.memoryBytes()) {
      throw new FormatException(
          delta
              + ": "
              + what
              + " needs "
              + bytes
              + " bytes of memory, more than the "
              + header.memoryBytes()
              + " the delta told");
    }
  }

  @Override
  public void close() throws IOException {
    reach.close();
  }
}
