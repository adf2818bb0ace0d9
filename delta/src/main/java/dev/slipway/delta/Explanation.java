// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.coding.LaneReader;
import dev.slipway.delta.coding.Numbers;
import dev.slipway.io.FormatException;
import dev.slipway.match.ByteSpace;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;

/** Follows the ops of a delta without source and target, to see what they cost. */
final class Explanation {
  private static final int BUFFER = 1 << 16;

  private final DeltaHeader header;
  private final LaneReader lanes;
  private final OpReader ops;
  private final Ledger ledger = new Ledger();
  private long address = ByteSpace.base(Area.TARGET.ordinal());
  private long plainMade;

  private Explanation(DeltaHeader header, LaneReader lanes) {
    this.header = header;
    this.lanes = lanes;
    ops = new OpReader(lanes);
  }

  static DeltaReport of(InputStream delta, String name) throws IOException {
    InputStream in = new BufferedInputStream(delta, BUFFER);
    DeltaHeader header = DeltaHeader.read(in, name);
    var lanes = new LaneReader(in, header.dictionaries(), name, DeltaHeader.BYTES);
    return new Explanation(header, lanes).follow();
  }

  private DeltaReport follow() throws IOException {
    Prologue.read(lane(Lanes.LENGTHS), lane(Lanes.SIDES), header);
    long start = address;
    for (Op op = next(start); !(op instanceof Op.End); op = next(start)) {
      if (op instanceof Op.Member member) {
        member(member);
      } else {
        step(op);
      }
    }
    lanes.expectEnd();
    return ledger.report(
        lanes.position(),
        lanes.compressedBytes(Lanes.DIFFERENCES.ordinal()),
        lanes.compressedBytes(Lanes.LITERALS.ordinal()));
  }

  private Op next(long start) throws IOException {
    return ops.next(header.targetBytes() - (address - start));
  }

  private InputStream lane(Lanes lane) {
    return lanes.lane(lane.ordinal());
  }

  private void member(Op.Member member) throws IOException {
    long outside = address;
    skip(lane(Lanes.SIDES), member.recipeLength());
    address = ByteSpace.base(Area.TARGET_PLAIN.ordinal()) + plainMade;
    ledger.name(
        "member at byte " + ByteSpace.offset(outside) + " (opened)", address, member.plainLength());
    long end = address + member.plainLength();
    while (address < end) {
      step(ops.next(end - address));
    }
    plainMade += member.plainLength();
    address = outside + member.length();
    ops.leaveMember(member.length());
  }

  private void step(Op op) throws IOException {
    if (op instanceof Op.Code code) {
      skip(lane(Lanes.SIDES), code.sideLength());
      var inner = new ArrayList<Op>();
      long made = 0;
      for (int i = 0; i < code.count(); i++) {
        Op next = ops.next(code.length() - made);
        made += Op.plainLength(next);
        inner.add(next);
      }
      for (Op next : inner) {
        step(next);
      }
      return;
    }
    long length = Op.plainLength(op);
    if (op instanceof Op.Literal) {
      skip(lane(Lanes.LITERALS), length);
      ledger.literal(address, length);
    } else if (op instanceof Op.Diff) {
      ledger.diff(address, length, differing(length));
    } else if (op instanceof Op.Copy) {
      ledger.copy(address, length);
    } else {
      ledger.zeros(address, length);
    }
    address += length;
  }

  private long differing(long length) throws IOException {
    InputStream in = lane(Lanes.DIFFERENCES);
    long differing = 0;
    for (long left = length; left > 0; left -= Recital.PART) {
      long part = Math.min(left, Recital.PART);
      while (part > 0) {
        part -= Numbers.read(in, part, "run of equal bytes");
        if (part > 0) {
          long count = Numbers.read(in, part, "number of differences");
          if (count == 0) {
            throw new FormatException("number of differences: found 0, expected more");
          }
          skip(in, count);
          differing += count;
          part -= count;
        }
      }
    }
    return differing;
  }

  private static void skip(InputStream in, long length) throws IOException {
    in.skipNBytes(length);
  }
}
