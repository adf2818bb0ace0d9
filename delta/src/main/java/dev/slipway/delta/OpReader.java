// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.coding.LaneReader;
import dev.slipway.delta.coding.Numbers;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;

/** Reads what {@link OpWriter} wrote, and refuses what cannot be. */
final class OpReader {
  /** Recipes and models larger than this are none of ours. */
  static final int SIDE_MAX = 8 << 20;

  /** More ops than this for one executable would not fit the memory that applying may take. */
  static final int CODE_OPS_MAX = 1 << 18;

  private static final Area[] AREAS = Area.values();

  private final InputStream ops;
  private final InputStream lengths;
  private final InputStream places;
  private final OpCoder coder = new OpCoder();

  OpReader(LaneReader lanes) {
    ops = lanes.lane(Lanes.OPS.ordinal());
    lengths = lanes.lane(Lanes.LENGTHS.ordinal());
    places = lanes.lane(Lanes.PLACES.ordinal());
  }

  /**
   * Reads the next op.
   *
   * @param most how many bytes it may make
   */
  Op next(long most) throws IOException {
    int b = ops.read();
    int mode = b >>> OpCoder.KIND_BITS;
    int kind = b & (1 << OpCoder.KIND_BITS) - 1;
    boolean placed = kind == OpCoder.COPY || kind == OpCoder.DIFF || kind == OpCoder.CODE;
    if (mode >= (placed ? OpCoder.MODES : 1)) {
      throw new FormatException(String.format("ops: unknown op 0x%02x", b));
    }
    switch (kind) {
      case OpCoder.END:
        return new Op.End();
      case OpCoder.ZEROS:
        return new Op.Zeros(made(most));
      case OpCoder.LITERAL:
        return new Op.Literal(made(most));
      case OpCoder.COPY:
        {
          Place from = place(mode);
          return new Op.Copy(copied(from, most), from);
        }
      case OpCoder.DIFF:
        {
          Place from = place(mode);
          return new Op.Diff(copied(from, most), from);
        }
      case OpCoder.MEMBER:
        return member(most);
      case OpCoder.CODE:
        return code(place(mode), most);
      default:
        throw new FormatException(String.format("ops: unknown op 0x%02x", b));
    }
  }

  private long made(long most) throws IOException {
    long length = some(most, "length");
    coder.made(length);
    return length;
  }

  private long copied(Place from, long most) throws IOException {
    long length = some(most, "length of a copy");
    coder.copied(from, length);
    return length;
  }

  /** A length, of at least one byte: a few chunks could hold ops without end that make nothing. */
  private long some(long most, String field) throws IOException {
    long length = Numbers.read(lengths, most, field);
    if (length == 0) {
      throw new FormatException(field + ": found 0, expected more");
    }
    return length;
  }

  private Op.Member member(long most) throws IOException {
    long length = some(most, "length of a member");
    long plainLength = Numbers.read(lengths, Long.MAX_VALUE, "length of a plain text");
    long recipe = Numbers.read(lengths, 2L * SIDE_MAX + 1, "length of a recipe");
    coder.enterMember();
    return new Op.Member(length, plainLength, (int) (recipe >>> 1), (recipe & 1) != 0);
  }

  void leaveMember(long length) {
    coder.leaveMember(length);
  }

  private Op.Code code(Place from, long most) throws IOException {
    long length = some(most, "length of an executable");
    long oldLength = Numbers.read(lengths, Long.MAX_VALUE, "length of an old executable");
    long sideLength = Numbers.read(lengths, SIDE_MAX, "length of a model");
    long count = Numbers.read(lengths, CODE_OPS_MAX, "number of ops of an executable");
    return new Op.Code(length, from, oldLength, (int) sideLength, (int) count);
  }

  private Place place(int mode) throws IOException {
    if (mode == OpCoder.ON) {
      return coder.on();
    }
    if (mode == OpCoder.HERE) {
      return coder.here();
    }
    Area area = AREAS[mode - OpCoder.AT];
    return new Place(area, coder.end(area) + Numbers.readSigned(places, "place"));
  }
}
