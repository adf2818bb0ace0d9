// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.code.CodeContext;
import dev.slipway.delta.code.CodeModel;
import dev.slipway.delta.code.CodePredictor;
import dev.slipway.delta.coding.LaneReader;
import dev.slipway.delta.member.Rebuild;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Follows the ops of a delta, and so makes its target.
 *
 * <p>When an earlier run made a part of the target already, ops whose bytes are all there are only
 * followed as far as the streams of the delta need it; a member in the midst of which that run
 * ended is made from its beginning, and its first bytes are compared with what is there.
 */
final class Production implements Closeable {
  private final DeltaHeader header;
  private final BlockSource source;
  private final TargetOutput output;
  private final Reach reach;
  private final String delta;
  private final OpReader ops;
  private final DifferenceReader differences;
  private final InputStream lengths;
  private final InputStream sides;
  private final InputStream literals;
  private final InputStream sourceChecks;
  private final SourceCheck sourceCheck = new SourceCheck();
  private final byte[] part = new byte[Recital.PART];

  private CodeModel model;

  /** The predictor of the executable being made; null where there is none. */
  private CodePredictor predictor;

  /** The member whose plain text is being made; null while the target itself is. */
  private MemberOutput member;

  /** Whether source bytes of the unit were passed over, so that its check cannot be made. */
  private boolean unitHasHoles;

  Production(
      DeltaHeader header,
      LaneReader lanes,
      BlockSource source,
      TargetOutput output,
      Path scratch,
      String delta)
      throws IOException {
    this.header = header;
    this.source = source;
    this.output = output;
    this.delta = delta;
    reach = new Reach(header, source, output, scratch, delta);
    lengths = lanes.lane(Lanes.LENGTHS.ordinal());
    sides = lanes.lane(Lanes.SIDES.ordinal());
    ops = new OpReader(lanes);
    differences = new DifferenceReader(lanes.lane(Lanes.DIFFERENCES.ordinal()));
    literals = lanes.lane(Lanes.LITERALS.ordinal());
    sourceChecks = lanes.lane(Lanes.SOURCE_CHECKS.ordinal());
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
    } catch (EOFException e) {
      throw new FormatException(delta + ": the delta ends early", e);
    }
    if (output.position() != header.targetBytes()) {
      throw new FormatException(
          delta + ": makes " + output.position() + " bytes, expected " + header.targetBytes());
    }
    if (sourceCheck.isUsed()) {
      checkSource();
    }
  }

  private void follow(Op op) throws IOException {
    if (op instanceof Op.Zeros zeros) {
      zeros(zeros.length());
    } else if (op instanceof Op.Literal literal) {
      literal(literal.length());
    } else if (op instanceof Op.Copy copy) {
      copy(copy.length(), copy.from());
    } else if (op instanceof Op.Diff diff) {
      diff(diff.length(), diff.from(), -1);
    } else if (op instanceof Op.Member inner) {
      member(inner);
    } else if (op instanceof Op.Code inner) {
      code(inner);
    }
  }

  private void code(Op.Code op) throws IOException {
    byte[] side = side(op.sideLength());
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
    boolean there = isThere(op.length());
    predictor =
        there ? null : model.predictor(reach.part(op.oldFile(), op.oldLength()), predicted, side);
    long start = sourceCheck.made();
    for (Op next : inner) {
      if (next instanceof Op.Diff diff && isWithin(diff, op)) {
        diff(diff.length(), diff.from(), sourceCheck.made() - start);
      } else {
        follow(next);
      }
    }
    predictor = null;
  }

  private static boolean isWithin(Op.Diff diff, Op.Code code) {
    long offset = diff.from().offset() - code.oldFile().offset();
    return diff.from().area() == code.oldFile().area()
        && offset >= 0
        && offset + diff.length() <= code.oldLength();
  }

  private void member(Op.Member op) throws IOException {
    if (member != null) {
      throw new FormatException(delta + ": a member within a member");
    }
    byte[] recipe = side(op.recipeLength());
    long start = output.position();
    boolean there = isThere(op.length());
    member = new MemberOutput(op, there ? null : rebuild(recipe));
    for (long left = op.plainLength(); left > 0; left = op.plainLength() - member.made) {
      follow(ops.next(left));
    }
    member.close();
    member = null;
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
    if (recipe.length + Rebuild.memoryBytes(recipe) > header.memoryBytes()) {
      throw new FormatException(delta + ": a member needs more memory than the delta told");
    }
    return Rebuild.open(recipe, output);
  }

  private byte[] side(int length) throws IOException {
    byte[] side = sides.readNBytes(length);
    if (side.length < length) {
      throw new EOFException();
    }
    return side;
  }

  /** Where the plain text of a member goes. */
  private final class MemberOutput {
    private final Op.Member op;
    private final OutputStream rebuild;
    private long made;

    MemberOutput(Op.Member op, OutputStream rebuild) {
      this.op = op;
      this.rebuild = rebuild;
    }

    boolean isWanted() {
      return rebuild != null || op.keep();
    }

    void write(byte[] bytes, int length) throws IOException {
      if (rebuild != null) {
        rebuild.write(bytes, 0, length);
      }
      if (op.keep()) {
        reach.keep(bytes, length);
      }
    }

    void close() throws IOException {
      if (rebuild != null) {
        rebuild.close();
      }
    }
  }

  /** Whether so many bytes that come next were all made by an earlier run. */
  private boolean isThere(long length) {
    return member != null ? !member.isWanted() : output.position() + length <= output.resumedAt();
  }

  private void zeros(long length) throws IOException {
    boolean there = isThere(length);
    Arrays.fill(part, (byte) 0);
    for (long left = length; left > 0; ) {
      int count = (int) Math.min(left, part.length);
      put(count, there);
      left -= count;
    }
    pass(length);
  }

  private void literal(long length) throws IOException {
    boolean there = isThere(length);
    for (long left = length; left > 0; ) {
      int count = (int) Math.min(left, part.length);
      if (literals.readNBytes(part, 0, count) < count) {
        throw new EOFException();
      }
      put(count, there);
      left -= count;
    }
    pass(length);
  }

  /** Passes bytes of the part on, or passes them over. */
  private void put(long count, boolean there) throws IOException {
    if (member != null) {
      member.made += count;
      if (!there) {
        member.write(part, (int) count);
      }
    } else if (there) {
      output.skip(count);
    } else {
      output.write(part, 0, (int) count);
    }
  }

  private void copy(long length, Place from) throws IOException {
    reach.require(from, length);
    boolean there = isThere(length);
    for (long done = 0; done < length; ) {
      long count = Math.min(length - done, sourceCheck.room());
      if (there) {
        put(count, true);
        pass(from, count);
      } else if (from.area() == Area.SOURCE && member == null) {
        count = copySource(from.offset() + done, count);
        pass(count);
      } else {
        count = Math.min(count, part.length);
        read(from.area(), from.offset() + done, (int) count);
        put(count, false);
        pass(count);
      }
      done += count;
    }
  }

  private void read(Area area, long offset, int count) throws IOException {
    reach.read(area, offset, ByteBuffer.wrap(part, 0, count));
    if (area == Area.SOURCE) {
      sourceCheck.use().update(part, 0, count);
    }
  }

  /** Copies straight into the output's buffer, as much as there is room for. */
  private long copySource(long offset, long most) throws IOException {
    ByteBuffer room = output.room();
    int start = room.position();
    int limit = room.limit();
    int count = (int) Math.min(most, limit - start);
    source.readFully(offset, room.limit(start + count));
    sourceCheck.use().update(room.position(start));
    room.limit(limit);
    output.filled();
    return count;
  }

  /**
   * Adds differences to old bytes.
   *
   * @param inFile where in the executable they are predicted for; -1 for bytes that are as they are
   */
  private void diff(long length, Place from, long inFile) throws IOException {
    reach.require(from, length);
    boolean there = isThere(length);
    for (long done = 0; done < length; ) {
      int count = (int) Math.min(length - done, part.length);
      if (!there && inFile >= 0) {
        predictor.predict(inFile + done, part, 0, count);
      } else if (!there) {
        reach.read(from.area(), from.offset() + done, ByteBuffer.wrap(part, 0, count));
      }
      for (int checked = 0; checked < count; ) {
        int now = (int) Math.min(count - checked, sourceCheck.room());
        if (inFile >= 0) {
          pass(now); // what a predictor reads is not checked but by its result
        } else if (there) {
          pass(from, now);
        } else {
          if (from.area() == Area.SOURCE) {
            sourceCheck.use().update(part, checked, now);
          }
          pass(now);
        }
        checked += now;
      }
      differences.addTo(part, 0, count);
      put(count, there);
      done += count;
    }
  }

  /** Counts bytes whose source bytes, if any, were passed over. */
  private void pass(Place from, long length) throws IOException {
    if (from.area() == Area.SOURCE) {
      sourceCheck.use();
      unitHasHoles = true;
    }
    pass(length);
  }

  private void pass(long length) throws IOException {
    for (long left = length; left > 0; ) {
      long count = Math.min(left, sourceCheck.room());
      if (sourceCheck.made(count)) {
        checkSource();
      }
      left -= count;
    }
  }

  private void checkSource() throws IOException {
    byte[] expected = sourceChecks.readNBytes(Integer.BYTES);
    if (expected.length < Integer.BYTES) {
      throw new EOFException();
    }
    int found = sourceCheck.end();
    if (found != ByteBuffer.wrap(expected).getInt() && !unitHasHoles) {
      throw new FormatException(
          delta
              + ": the source is not the image the delta was made from, or has changed: what the"
              + " target needs before byte "
              + output.position()
              + " is different");
    }
    unitHasHoles = false;
  }

  @Override
  public void close() throws IOException {
    reach.close();
  }
}
