// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import java.util.ArrayList;
import java.util.List;

/** Cuts a range of new bytes into the pieces that ops are written for. */
final class Pieces {
  /** Zeros in a row from which on they are an op of their own. */
  private static final int ZEROS_LEAST = 64;

  private final ByteSpace space;
  private final List<Piece> pieces = new ArrayList<>();

  private Pieces(ByteSpace space) {
    this.space = space;
  }

  /** The pieces of a range; alignments reach into it at any place and are clipped. */
  static List<Piece> of(ByteSpace space, long start, long end, List<Alignment> alignments) {
    var cut = new Pieces(space);
    long at = start;
    int i = firstEndingAfter(alignments, start);
    while (i < alignments.size() && alignments.get(i).newOffset() < end) {
      Alignment next = alignments.get(i);
      long until = next.newEnd();
      for (i++; i < alignments.size() && continues(next, until, alignments.get(i)); i++) {
        until = alignments.get(i).newEnd();
      }
      long from = Math.max(at, next.newOffset());
      until = Math.min(end, until);
      if (until > from) {
        cut.gap(at, from);
        boolean same = space.same(from, from + next.shift(), until - from) == until - from;
        cut.add(same ? Piece.Kind.COPY : Piece.Kind.DIFF, from, until, next.shift());
        at = until;
      }
    }
    cut.gap(at, end);
    return cut.pieces;
  }

  /** The pieces of an executable: what comes from the old one is always predicted. */
  static List<Piece> of(ByteSpace space, CodePair pair) {
    var cut = new Pieces(space);
    long at = pair.made().start();
    for (Alignment alignment : pair.alignments()) {
      cut.gap(at, alignment.newOffset());
      boolean copied =
          !CodePair.isPredicted(alignment, pair.old())
              && space.same(alignment.newOffset(), alignment.oldOffset(), alignment.length())
                  == alignment.length();
      cut.add(
          copied ? Piece.Kind.COPY : Piece.Kind.DIFF,
          alignment.newOffset(),
          alignment.newEnd(),
          alignment.shift());
      at = alignment.newEnd();
    }
    cut.gap(at, pair.made().end());
    return cut.pieces;
  }

  static boolean isWithin(Piece piece, Executables.File old) {
    return piece.old() >= old.start() && piece.old() + piece.length() <= old.end();
  }

  /** The alignments that the predictor of an executable goes by. */
  static List<Alignment> predicted(
      List<Piece> pieces, Executables.File made, Executables.File old) {
    return pieces.stream()
        .filter(piece -> piece.kind() == Piece.Kind.DIFF && isWithin(piece, old))
        .map(
            piece ->
                new Alignment(
                    piece.address() - made.start(), piece.old() - old.start(), piece.length()))
        .toList();
  }

  private static int firstEndingAfter(List<Alignment> alignments, long address) {
    int low = 0;
    int high = alignments.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (alignments.get(middle).newEnd() <= address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean continues(Alignment one, long until, Alignment next) {
    return next.newOffset() == until && next.shift() == one.shift();
  }

  private void add(Piece.Kind kind, long start, long end, long shift) {
    if (end > start) {
      pieces.add(new Piece(kind, start, end - start, start + shift));
    }
  }

  private void gap(long start, long end) {
    long at = start;
    long from = start;
    while (at < end) {
      if (space.get(at) != 0) {
        at++;
        continue;
      }
      long zeros = space.zeros(at, end - at);
      if (zeros >= ZEROS_LEAST) {
        add(Piece.Kind.LITERAL, from, at, 0);
        add(Piece.Kind.ZEROS, at, at + zeros, 0);
        from = at + zeros;
      }
      at += zeros;
    }
    add(Piece.Kind.LITERAL, from, end, 0);
  }
}
