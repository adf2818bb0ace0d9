// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.code.CodePredictor;
import dev.slipway.delta.coding.LaneReader;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes the bytes that single ops tell, and checks what they read from the source. What an earlier
 * run made is passed over.
 */
final class Delivery {
  private final TargetOutput output;
  private final Reach reach;
  private final String delta;
  private final DifferenceReader differences;
  private final InputStream literals;
  private final InputStream sourceChecks;
  private final SourceCheck sourceCheck = new SourceCheck();
  private final byte[] part = new byte[Recital.PART];

  /** The member whose plain text is being made; null while the target itself is. */
  private MemberOutput member;

  /** Whether source bytes of the unit were passed over, so that its check cannot be made. */
  private boolean unitHasHoles;

  Delivery(TargetOutput output, Reach reach, LaneReader lanes, String delta) {
    this.output = output;
    this.reach = reach;
    this.delta = delta;
    differences = new DifferenceReader(lanes.lane(Lanes.DIFFERENCES.ordinal()));
    literals = lanes.lane(Lanes.LITERALS.ordinal());
    sourceChecks = lanes.lane(Lanes.SOURCE_CHECKS.ordinal());
  }

  /** What comes next is the plain text of a member. */
  void enter(MemberOutput output) throws FormatException {
    if (member != null) {
      throw new FormatException(delta + ": a member within a member");
    }
    member = output;
  }

  /** What comes next is the target itself again. */
  void leave() throws IOException {
    member.close();
    member = null;
  }

  /** How many bytes were made so far, those of plain texts among them. */
  long made() {
    return sourceCheck.made();
  }

  /** Makes the check that is due at the end. */
  void end() throws IOException {
    if (sourceCheck.isUsed()) {
      checkSource();
    }
  }

  /** Whether so many bytes that come next were all made by an earlier run. */
  boolean isThere(long length) {
    return member != null ? !member.isWanted() : output.position() + length <= output.resumedAt();
  }

  void zeros(long length) throws IOException {
    boolean there = isThere(length);
    Arrays.fill(part, (byte) 0);
    for (long left = length; left > 0; ) {
      int count = (int) Math.min(left, part.length);
      put(count, there);
      left -= count;
    }
    pass(length);
  }

  void literal(long length) throws IOException {
    boolean there = isThere(length);
    for (long left = length; left > 0; ) {
      int count = (int) Math.min(left, part.length);
      literals.readNBytes(part, 0, count);
      put(count, there);
      left -= count;
    }
    pass(length);
  }

  /** Passes bytes of the part on, or passes them over. */
  private void put(long count, boolean there) throws IOException {
    if (member != null && there) {
      member.pass(count);
    } else if (member != null) {
      member.write(part, (int) count);
    } else if (there) {
      output.skip(count);
    } else {
      output.write(part, 0, (int) count);
    }
  }

  void copy(long length, Place from) throws IOException {
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
    reach.readSource(offset, room.limit(start + count));
    sourceCheck.use().update(room.position(start));
    room.limit(limit);
    output.filled();
    return count;
  }

  /** Adds differences to old bytes as they are. */
  void diff(long length, Place from) throws IOException {
    diff(length, from, null, -1);
  }

  /**
   * Adds differences to what is predicted from old bytes.
   *
   * @param predictor null if an earlier run made the whole executable
   * @param inFile where in the executable
   */
  void predicted(long length, Place from, CodePredictor predictor, long inFile) throws IOException {
    diff(length, from, predictor, inFile);
  }

  private void diff(long length, Place from, CodePredictor predictor, long inFile)
      throws IOException {
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
}
