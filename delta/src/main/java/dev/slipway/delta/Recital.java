// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.code.CodeContext;
import dev.slipway.delta.code.CodeModel;
import dev.slipway.delta.code.CodePredictor;
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

  /** What an op takes while the ops of an executable are held. */
  static final int OP_BYTES = 96;

  /** Predicts the bytes at an address of the target. */
  private interface Prediction {
    void predict(long address, byte[] bytes, int length) throws IOException;
  }

  private final ByteSpace space;
  private final CodeModel model;
  private final Places places;
  private final LaneWriter lanes;
  private final OpWriter ops;
  private final DifferenceWriter differences;
  private final OutputStream literals;
  private final OutputStream sides;
  private final OutputStream sourceChecks;
  private final SourceCheck sourceCheck = new SourceCheck();
  private final byte[] part = new byte[PART];
  private final byte[] wanted = new byte[PART];
  private long memoryBytes;

  Recital(ByteSpace space, Places places, CodeContext context, LaneWriter lanes) {
    this.space = space;
    model = CodeModel.of(context);
    memoryBytes = context.memoryBytes();
    this.places = places;
    this.lanes = lanes;
    ops = new OpWriter(lanes);
    differences = new DifferenceWriter(lanes.lane(Lanes.DIFFERENCES.ordinal()));
    literals = lanes.lane(Lanes.LITERALS.ordinal());
    sides = lanes.lane(Lanes.SIDES.ordinal());
    sourceChecks = lanes.lane(Lanes.SOURCE_CHECKS.ordinal());
  }

  /**
   * Tells a stretch of new bytes.
   *
   * @param alignments in order and without overlaps, within the stretch
   * @param pairs the executables in the stretch, in order
   */
  void stretch(Search.Stretch stretch, List<CodePair> pairs) throws IOException {
    long at = stretch.start();
    List<Alignment> alignments = stretch.alignments();
    for (CodePair pair : pairs) {
      plain(at, pair.made().start(), alignments);
      code(pair);
      at = pair.made().end();
    }
    plain(at, stretch.end(), alignments);
  }

  /** Tells a member: what it is, then its plain text. */
  void member(MemberTexts.Text text, boolean keep, Search.Stretch plain, List<CodePair> pairs)
      throws IOException {
    begin();
    ops.enterMember(
        new Op.Member(
            text.member().length(), text.member().plainLength(), text.recipe().length, keep));
    sides.write(text.recipe());
    stretch(plain, pairs);
    ops.leaveMember(text.member().length());
  }

  private void plain(long start, long end, List<Alignment> alignments) throws IOException {
    for (Piece piece : Pieces.of(space, start, end, alignments)) {
      begin();
      declare(piece);
      deliver(piece, null);
    }
  }

  /** The ops of an executable come first, because they are what its predictor goes by. */
  private void code(CodePair pair) throws IOException {
    List<Piece> pieces = Pieces.of(space, pair);
    List<Alignment> predicted = Pieces.predicted(pieces, pair.made(), pair.old());
    CodePredictor predictor =
        model.predictor(
            space.source(pair.old().start(), pair.old().length()), predicted, pair.side());
    memoryBytes = Math.max(memoryBytes, predictor.memoryBytes() + (long) pieces.size() * OP_BYTES);
    begin();
    ops.code(
        new Op.Code(
            pair.made().length(),
            places.of(pair.old().start()),
            pair.old().length(),
            pair.side().length,
            pieces.size()));
    sides.write(pair.side());
    for (Piece piece : pieces) {
      declare(piece);
    }
    for (Piece piece : pieces) {
      boolean isPredicted = piece.kind() == Piece.Kind.DIFF && Pieces.isWithin(piece, pair.old());
      long start = pair.made().start();
      deliver(
          piece,
          isPredicted
              ? (address, bytes, length) -> predictor.predict(address - start, bytes, 0, length)
              : null);
    }
  }

  /** What memory the predictors and ops of the executables told so far need. */
  long memoryBytes() {
    return memoryBytes;
  }

  private void declare(Piece piece) throws IOException {
    switch (piece.kind()) {
      case ZEROS -> ops.zeros(piece.length());
      case LITERAL -> ops.literal(piece.length());
      case COPY -> ops.copy(piece.length(), places.of(piece.old()));
      case DIFF -> ops.diff(piece.length(), places.of(piece.old()));
    }
  }

  private void deliver(Piece piece, Prediction prediction) throws IOException {
    switch (piece.kind()) {
      case ZEROS -> pass(piece.length());
      case LITERAL -> literal(piece.address(), piece.address() + piece.length());
      case COPY -> copy(piece);
      case DIFF -> diff(piece, prediction);
    }
  }

  private void literal(long start, long end) throws IOException {
    for (long at = start; at < end; ) {
      int count = (int) Math.min(PART, end - at);
      space.copy(at, wanted, 0, count);
      lanes.at(sourceCheck.made());
      literals.write(wanted, 0, count);
      pass(count);
      at += count;
    }
  }

  private void copy(Piece piece) throws IOException {
    Place from = places.of(piece.old());
    for (long done = 0; done < piece.length(); ) {
      long count = Math.min(piece.length() - done, sourceCheck.room());
      read(from, piece.old() + done, count);
      pass(count);
      done += count;
    }
  }

  private void diff(Piece piece, Prediction prediction) throws IOException {
    Place from = places.of(piece.old());
    for (long done = 0; done < piece.length(); ) {
      int count = (int) Math.min(piece.length() - done, PART);
      if (prediction == null) {
        space.copy(piece.old() + done, part, 0, count);
      } else {
        prediction.predict(piece.address() + done, part, count);
      }
      space.copy(piece.address() + done, wanted, 0, count);
      for (int i = 0; i < count; i++) {
        part[i] = (byte) (wanted[i] - part[i]);
      }
      lanes.at(sourceCheck.made());
      differences.write(part, count);
      for (int read = 0; read < count; ) {
        int now = (int) Math.min(count - read, sourceCheck.room());
        if (prediction == null) {
          read(from, piece.old() + done + read, now);
        }
        pass(now);
        read += now;
      }
      done += count;
    }
  }

  private void read(Place from, long address, long length) throws IOException {
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
