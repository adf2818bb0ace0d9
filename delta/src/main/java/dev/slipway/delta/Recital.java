// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.coding.LaneWriter;
import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tells the target from its beginning to its end: turns alignments into ops, differences, literals
 * and checks, in the order in which the one who applies will want them.
 */
final class Recital {
  /** Differences are written in parts of at most so many bytes. */
  static final int PART = 1 << 16;

  /** Zeros in a row from which on they are an op of their own. */
  private static final int ZEROS_LEAST = 64;

  private final ByteSpace space;
  private final Places places;
  private final LaneWriter lanes;
  private final OpWriter ops;
  private final DifferenceWriter differences;
  private final OutputStream literals;
  private final OutputStream sourceChecks;
  private final SourceCheck sourceCheck = new SourceCheck();
  private final Ledger ledger;
  private final byte[] part = new byte[PART];
  private final byte[] wanted = new byte[PART];

  /** How addresses of the search are told in the delta. */
  interface Places {
    Place of(long address);
  }

  Recital(ByteSpace space, Places places, LaneWriter lanes, Ledger ledger) {
    this.space = space;
    this.places = places;
    this.lanes = lanes;
    this.ledger = ledger;
    ops = new OpWriter(lanes);
    differences = new DifferenceWriter(lanes.lane(Lanes.DIFFERENCES.ordinal()));
    literals = lanes.lane(Lanes.LITERALS.ordinal());
    sourceChecks = lanes.lane(Lanes.SOURCE_CHECKS.ordinal());
  }

  /**
   * Tells a stretch of new bytes.
   *
   * @param alignments in order and without overlaps, within the stretch
   */
  void stretch(long start, long end, List<Alignment> alignments) throws IOException {
    long at = start;
    for (int i = 0; i < alignments.size(); i++) {
      Alignment next = alignments.get(i);
      long length = next.length();
      while (i + 1 < alignments.size() && continues(next, length, alignments.get(i + 1))) {
        length += alignments.get(++i).length();
      }
      gap(at, next.newOffset());
      aligned(new Alignment(next.newOffset(), next.oldOffset(), length));
      at = next.newOffset() + length;
    }
    gap(at, end);
  }

  private static boolean continues(Alignment one, long length, Alignment next) {
    return next.newOffset() == one.newOffset() + length && next.shift() == one.shift();
  }

  private void gap(long start, long end) throws IOException {
    long at = start;
    long from = start;
    while (at < end) {
      if (space.get(at) != 0) {
        at++;
        continue;
      }
      long zeros = space.zeros(at, end - at);
      if (zeros >= ZEROS_LEAST) {
        literal(from, at);
        zeros(at, zeros);
        from = at + zeros;
      }
      at += zeros;
    }
    literal(from, end);
  }

  private void zeros(long address, long length) throws IOException {
    begin();
    ops.zeros(length);
    ledger.zeros(address, length);
    pass(length);
  }

  private void literal(long start, long end) throws IOException {
    if (start == end) {
      return;
    }
    begin();
    ops.literal(end - start);
    ledger.literal(start, end - start);
    for (long at = start; at < end; ) {
      int count = (int) Math.min(Math.min(PART, end - at), sourceCheck.room());
      space.copy(at, wanted, 0, count);
      lanes.at(sourceCheck.made());
      literals.write(wanted, 0, count);
      pass(count);
      at += count;
    }
  }

  private void aligned(Alignment alignment) throws IOException {
    long address = alignment.newOffset();
    long old = alignment.oldOffset();
    long length = alignment.length();
    Place from = places.of(old);
    begin();
    if (space.same(address, old, length) == length) {
      ops.copy(length, from);
      ledger.copy(address, length);
      for (long done = 0; done < length; ) {
        long count = Math.min(length - done, sourceCheck.room());
        read(from, old + done, count);
        pass(count);
        done += count;
      }
      return;
    }
    ops.diff(length, from);
    long differing = 0;
    for (long done = 0; done < length; ) {
      int count = (int) Math.min(length - done, PART);
      space.copy(old + done, part, 0, count);
      space.copy(address + done, wanted, 0, count);
      for (int i = 0; i < count; i++) {
        part[i] = (byte) (wanted[i] - part[i]);
        differing += part[i] == 0 ? 0 : 1;
      }
      lanes.at(sourceCheck.made());
      differences.write(part, count);
      for (int read = 0; read < count; ) {
        int now = (int) Math.min(count - read, sourceCheck.room());
        read(from, old + done + read, now);
        pass(now);
        read += now;
      }
      done += count;
    }
    ledger.diff(address, length, differing);
  }

  private void read(Place from, long address, long length) {
    if (from.area() == Area.SOURCE) {
      space.update(sourceCheck.use(), address, length);
    }
  }

  private void begin() {
    lanes.at(sourceCheck.made());
  }

  /** Counts bytes made, and writes the check of the source where one is due. */
  private void pass(long length) throws IOException {
    for (long left = length; left > 0; ) {
      long count = Math.min(left, sourceCheck.room());
      if (sourceCheck.made(count)) {
        writeSourceCheck();
      }
      left -= count;
    }
  }

  private void writeSourceCheck() throws IOException {
    sourceChecks.write(ByteBuffer.allocate(Integer.BYTES).putInt(sourceCheck.end()).array());
  }

  /** Says that the target is complete. */
  void end() throws IOException {
    begin();
    ops.end();
    if (sourceCheck.isUsed()) {
      writeSourceCheck();
    }
  }
}
