// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.DeltaReport.Entry;
import dev.slipway.delta.DeltaReport.Kind;
import dev.slipway.delta.coding.LaneReader;
import dev.slipway.delta.coding.Numbers;
import dev.slipway.delta.member.Recipe;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.volume.Extent;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Follows the ops of a delta without source and target, to see what they cost. */
final class Explanation {
  private static final int BUFFER = 1 << 16;

  /** What no part of the target can be made to answer for. */
  private static final String REST = "(header and checks)";

  private static final String CONTEXT = "(what all executables have in common)";

  private final DeltaHeader header;
  private final LaneReader lanes;
  private final OpReader ops;
  private final InputStream differences;
  private final Ledger ledger;
  private final byte[] bytes = new byte[1 << 12];
  private long position;

  private Explanation(DeltaHeader header, LaneReader lanes, List<Extent> extents) {
    this.header = header;
    this.lanes = lanes;
    ops = new OpReader(lanes);
    differences = lane(Lanes.DIFFERENCES);
    ledger = new Ledger(header.targetBytes(), extents);
  }

  /**
   * Reads a delta behind its header.
   *
   * @param extents the files of the target, as far as they are known
   * @throws IOException also when its dictionaries are too large for this JVM
   */
  static DeltaReport of(DeltaHeader header, InputStream delta, String name, List<Extent> extents)
      throws IOException {
    checkMemory(header, name, Runtime.getRuntime().maxMemory());
    var in = new BufferedInputStream(delta, BUFFER);
    var lanes = new LaneReader(in, header.dictionaries(), name, DeltaHeader.BYTES);
    lanes.leaveOut(Lanes.SOURCE_CHECKS.ordinal());
    lanes.leaveOut(Lanes.TARGET_CHECKS.ordinal());
    return new Explanation(header, lanes, extents).follow();
  }

  /** The half of the heap is for the dictionaries, the other for the files of the target. */
  static void checkMemory(DeltaHeader header, String name, long heapBytes) throws IOException {
    if (header.dictionaryBytes() > heapBytes / 2) {
      throw new IOException(
          name
              + ": reading it needs "
              + Size.bytes(header.dictionaryBytes())
              + " of memory, and Java may use "
              + Size.bytes(heapBytes)
              + "; start it with a larger heap, -Xmx"
              + ((2 * header.dictionaryBytes() >> 20) + 1)
              + "m");
    }
  }

  private DeltaReport follow() throws IOException {
    try {
      Prologue prologue = Prologue.read(lane(Lanes.LENGTHS), lane(Lanes.SIDES), header);
      if (prologue.context().length > 0) {
        ledger.enter(CONTEXT);
        ledger.side(0, prologue.context().length);
        ledger.leave();
      }
      for (Op op = next(); !(op instanceof Op.End); op = next()) {
        if (op instanceof Op.Member member) {
          member(member);
        } else {
          step(op);
        }
      }
    } catch (FormatException e) {
      throw lanes.placed(e);
    }
    lanes.expectEnd();
    return report();
  }

  private DeltaReport report() {
    long[] compressed = new long[Lanes.COUNT];
    var kinds = new ArrayList<Kind>();
    long all = lanes.position();
    long rest = all;
    for (Lanes lane : Lanes.values()) {
      compressed[lane.ordinal()] = lanes.compressedBytes(lane.ordinal());
      kinds.add(new Kind(lane.label(), compressed[lane.ordinal()]));
      rest -= compressed[lane.ordinal()];
    }
    kinds.add(new Kind("header and frames", rest));
    var entries = new ArrayList<Entry>(ledger.entries(compressed));
    long unaccounted = all - entries.stream().mapToLong(Entry::cost).sum();
    entries.add(new Entry(REST, 0, 0, 0, 0, 0, unaccounted));
    return new DeltaReport(all, kinds, entries);
  }

  private Op next() throws IOException {
    return ops.next(header.targetBytes() - position);
  }

  private InputStream lane(Lanes lane) {
    return lanes.lane(lane.ordinal());
  }

  private void member(Op.Member member) throws IOException {
    long outside = position;
    InputStream sides = lane(Lanes.SIDES);
    byte[] recipe = sides.readNBytes(Math.min(member.recipeLength(), Recipe.LABEL_BYTES));
    sides.skipNBytes(member.recipeLength() - recipe.length);
    ledger.enter(ledger.path(outside) + " (" + Recipe.label(recipe) + ", opened)");
    ledger.op(outside);
    ledger.side(outside, member.recipeLength());
    for (position = 0; position < member.plainLength(); ) {
      step(ops.next(member.plainLength() - position));
    }
    ledger.leave();
    position = outside + member.length();
    ops.leaveMember(member.length());
  }

  private void step(Op op) throws IOException {
    if (op instanceof Op.Code code) {
      code(code);
      return;
    }
    long length = Op.plainLength(op);
    ledger.op(position);
    if (op instanceof Op.Literal) {
      lane(Lanes.LITERALS).skipNBytes(length);
      ledger.literal(position, length);
    } else if (op instanceof Op.Diff) {
      ledger.diff(position, length);
      differences(length);
    } else if (op instanceof Op.Copy) {
      ledger.copy(position, length);
    } else {
      ledger.zeros(position, length);
    }
    position += length;
  }

  private void code(Op.Code code) throws IOException {
    lane(Lanes.SIDES).skipNBytes(code.sideLength());
    ledger.op(position);
    ledger.side(position, code.sideLength());
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
  }

  /** Counts the differences of an op; {@link DifferenceWriter} shows how they lie there. */
  private void differences(long length) throws IOException {
    long at = position;
    for (long left = length; left > 0; left -= Recital.PART) {
      long end = at + Math.min(left, Recital.PART);
      while (at < end) {
        at += Numbers.read(differences, end - at, "run of equal bytes");
        if (at < end) {
          int count = (int) Numbers.read(differences, end - at, "number of differences");
          if (count == 0) {
            throw new FormatException("number of differences: found 0, expected more");
          }
          countDiffering(at, count);
          at += count;
        }
      }
    }
  }

  private void countDiffering(long at, int count) throws IOException {
    for (int done = 0; done < count; ) {
      int here = Math.min(count - done, bytes.length);
      differences.readNBytes(bytes, 0, here);
      int from = 0;
      while (from < here) {
        int to = from;
        while (to < here && bytes[to] != 0) {
          to++;
        }
        ledger.differing(at + done + from, to - from);
        from = to + 1;
      }
      done += here;
    }
  }
}
