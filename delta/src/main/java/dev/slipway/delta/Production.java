// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.coding.LaneReader;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** Follows the ops of a delta, and so makes its target. */
final class Production implements Closeable {
  private final DeltaHeader header;
  private final BlockSource source;
  private final TargetOutput output;
  private final String delta;
  private final OpReader ops;
  private final DifferenceReader differences;
  private final InputStream literals;
  private final InputStream sourceChecks;
  private final SourceCheck sourceCheck = new SourceCheck();
  private final byte[] part = new byte[Recital.PART];

  /** Whether source bytes of the unit were passed over, so that its check cannot be made. */
  private boolean unitHasHoles;

  Production(
      DeltaHeader header,
      LaneReader lanes,
      BlockSource source,
      TargetOutput output,
      Path scratch,
      String delta) {
    this.header = header;
    this.source = source;
    this.output = output;
    this.delta = delta;
    ops = new OpReader(lanes);
    differences = new DifferenceReader(lanes.lane(Lanes.DIFFERENCES.ordinal()));
    literals = lanes.lane(Lanes.LITERALS.ordinal());
    sourceChecks = lanes.lane(Lanes.SOURCE_CHECKS.ordinal());
  }

  void run() throws IOException {
    try {
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
      diff(diff.length(), diff.from());
    }
  }

  /** Whether so many bytes that come next were all made by an earlier run. */
  private boolean isThere(long length) {
    return output.position() + length <= output.resumedAt();
  }

  private void zeros(long length) throws IOException {
    if (isThere(length)) {
      output.skip(length);
    } else {
      for (long left = length; left > 0; ) {
        ByteBuffer room = output.room();
        int count = (int) Math.min(left, Math.min(room.remaining(), part.length));
        Arrays.fill(part, 0, count, (byte) 0);
        room.put(part, 0, count);
        output.filled();
        left -= count;
      }
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

  private void put(int count, boolean there) throws IOException {
    if (there) {
      output.skip(count);
    } else {
      output.write(part, 0, count);
    }
  }

  private void copy(long length, Place from) throws IOException {
    require(from, length);
    boolean there = isThere(length);
    for (long done = 0; done < length; ) {
      long count = Math.min(length - done, sourceCheck.room());
      if (there) {
        output.skip(count);
        pass(from, count);
      } else if (from.area() == Area.SOURCE) {
        count = copySource(from.offset() + done, count);
        pass(count);
      } else {
        count = Math.min(count, part.length);
        fetch(from.area(), from.offset() + done, ByteBuffer.wrap(part, 0, (int) count));
        output.write(part, 0, (int) count);
        pass(count);
      }
      done += count;
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

  private void diff(long length, Place from) throws IOException {
    require(from, length);
    boolean there = isThere(length);
    for (long done = 0; done < length; ) {
      int count = (int) Math.min(length - done, part.length);
      if (!there) {
        fetch(from.area(), from.offset() + done, ByteBuffer.wrap(part, 0, count));
      }
      for (int checked = 0; checked < count; ) {
        int now = (int) Math.min(count - checked, sourceCheck.room());
        if (there) {
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

  private void fetch(Area area, long offset, ByteBuffer bytes) throws IOException {
    switch (area) {
      case SOURCE -> source.readFully(offset, bytes);
      case TARGET -> output.read(offset, bytes);
      default ->
          throw new FormatException(delta + ": a copy from a plain text of which there is none");
    }
  }

  private void require(Place from, long length) throws FormatException {
    long size =
        switch (from.area()) {
          case SOURCE -> header.sourceBytes();
          case TARGET -> output.position();
          default -> 0;
        };
    if (from.offset() < 0 || from.offset() > size - length) {
      throw new FormatException(
          delta
              + ": a copy of "
              + length
              + " bytes from byte "
              + from.offset()
              + " of "
              + from.area()
              + ", which has "
              + size);
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
  public void close() throws IOException {}
}
