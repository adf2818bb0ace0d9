// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import java.util.ArrayDeque;

/**
 * What writer and reader of ops agree on: the numbers of the kinds, and where a copy is expected to
 * come from.
 *
 * <p>An op's byte is its kind in the low three bits and, for copies, how the place is told above
 * them: it carries on where the last one would be by now ({@link #ON}), it is the place in the
 * source that the bytes have in the target ({@link #HERE}), or it is told as a distance from where
 * the last copy from that area ended ({@link #AT} plus the area's number).
 */
final class OpCoder {
  static final int END = 0;
  static final int ZEROS = 1;
  static final int LITERAL = 2;
  static final int COPY = 3;
  static final int DIFF = 4;
  static final int MEMBER = 5;
  static final int CODE = 6;

  static final int KIND_BITS = 3;
  static final int ON = 0;
  static final int HERE = 1;
  static final int AT = 2;
  static final int MODES = AT + Area.values().length;

  /** For each area, where the last copy from it ended. */
  private final long[] ends = new long[Area.values().length];

  private final ArrayDeque<Position> outer = new ArrayDeque<>();
  private Position position = new Position();

  /** Where we are in what is made: the target itself, or a member's plain text. */
  private static final class Position {
    private long made;
    private Place last = new Place(Area.SOURCE, 0);
    private long lastMade;
  }

  /** The place the last copy leads on to. */
  Place on() {
    return new Place(
        position.last.area(), position.last.offset() + position.made - position.lastMade);
  }

  Place here() {
    return new Place(Area.SOURCE, position.made);
  }

  long end(Area area) {
    return ends[area.ordinal()];
  }

  void made(long length) {
    position.made += length;
  }

  void copied(Place from, long length) {
    position.last = from;
    position.lastMade = position.made;
    ends[from.area().ordinal()] = from.offset() + length;
    position.made += length;
  }

  void enterMember() {
    outer.push(position);
    position = new Position();
  }

  void leaveMember(long length) {
    position = outer.pop();
    position.made += length;
  }
}
