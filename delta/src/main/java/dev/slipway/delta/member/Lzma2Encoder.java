// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Encodes LZMA2 as liblzma 5.4 does in its normal mode, choice for choice.
 *
 * <pre>
 * chunk:  1 size-1(2) bytes                       stored, the dictionary starts anew
 *         2 size-1(2) bytes                       stored
 *         80 + reset 5..6, size-1 0..4 (1)  size-1(2)  packed size-1(2)  [lc lp pb(1)]  LZMA
 * end:    0
 * </pre>
 */
final class Lzma2Encoder {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final int CHUNK_PLAIN_BYTES = 1 << 21;

  /** liblzma ends a chunk when so little room is left; not a byte is used of it in the end. */
  private static final int ROOM_LEAST = LzmaChoice.PLACES + 1;

  private static final int COMPRESSED = 0x80;
  private static final int RESET_STATE = 1 << 5;
  private static final int NEW_PROPERTIES = 2 << 5;
  private static final int RESET_ALL = 3 << 5;
  private static final int STORED_RESET = 1;
  private static final int STORED = 2;

  private final OutputStream out;
  private final LzmaSettings settings;
  private final LzmaRange range = new LzmaRange(2 * CHUNK_BYTES);
  private final LzmaModel model;
  private final LzmaMatches matches;
  private final LzmaChoice choice;

  private boolean started;
  private boolean finishing;
  private boolean inChunk;
  private int chunkStart;
  private boolean dictionaryReset = true;
  private boolean propertiesNeeded = true;
  private boolean stateReset;

  Lzma2Encoder(LzmaSettings settings, int plainBytes, OutputStream out) {
    this.out = out;
    this.settings = settings;
    model = new LzmaModel(settings, range);
    matches =
        new LzmaMatches(settings.dictionary(), settings.niceLength(), settings.depth(), plainBytes);
    choice = new LzmaChoice(model, matches, settings.niceLength());
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      done += matches.fill(bytes, offset + done, length - done);
      encode();
    }
  }

  /** Writes what is left and the end. */
  void finish() throws IOException {
    finishing = true;
    encode();
    out.write(0);
  }

  private void encode() throws IOException {
    while (mayLook() || finishing && matches.readAhead > 0) {
      if (!inChunk) {
        startChunk();
        continue;
      }
      int limit = chunkStart + CHUNK_PLAIN_BYTES - LzmaMatches.MATCH_MAX;
      boolean full =
          matches.position() >= limit
              || range.count() + range.pending() >= CHUNK_BYTES - ROOM_LEAST;
      if (full) {
        endChunk();
      } else {
        encodeSymbol();
      }
    }
    if (finishing && inChunk) {
      endChunk();
      encode(); // what was looked at of a chunk that is stored is stored with it
    }
  }

  private boolean mayLook() {
    return finishing ? matches.available() > 0 : matches.available() > LzmaMatches.LOOKAHEAD;
  }

  private void startChunk() {
    if (stateReset) {
      model.reset();
      choice.reset();
    }
    chunkStart = matches.position();
    inChunk = true;
    if (!started) {
      started = true;
      int first = matches.window[matches.index(0)] & 0xff;
      matches.skip(1);
      matches.readAhead = 0;
      model.encodeFirst(first);
    }
  }

  private void encodeSymbol() {
    int position = matches.position();
    choice.choose(position);
    int length = choice.chosenLength;
    int back = choice.chosenBack;
    if (back == LzmaModel.LITERAL) {
      byte[] window = matches.window;
      int at = matches.index(position);
      int matchByte = window[at - model.reps[0] - 1] & 0xff;
      model.encodeLiteral(position, window[at - 1] & 0xff, matchByte, window[at] & 0xff);
    } else if (back < LzmaModel.REPS) {
      model.encodeRep(position, back, length);
    } else {
      model.encodeMatch(position, back - LzmaModel.REPS, length);
    }
    matches.readAhead -= length;
  }

  private void endChunk() throws IOException {
    range.flush();
    int plain = matches.position() - chunkStart;
    if (range.count() >= plain) {
      plain += matches.readAhead;
      matches.readAhead = 0;
      store(plain);
      stateReset = true;
    } else {
      writeChunk(plain);
    }
    range.clear();
    inChunk = false;
  }

  private void writeChunk(int plain) throws IOException {
    int reset =
        propertiesNeeded
            ? dictionaryReset ? RESET_ALL : NEW_PROPERTIES
            : stateReset ? RESET_STATE : 0;
    out.write(COMPRESSED | reset | plain - 1 >>> 16);
    out.write(plain - 1 >>> 8);
    out.write(plain - 1);
    out.write(range.count() - 1 >>> 8);
    out.write(range.count() - 1);
    if (propertiesNeeded) {
      out.write(settings.properties());
    }
    out.write(range.bytes(), 0, range.count());
    propertiesNeeded = false;
    stateReset = false;
    dictionaryReset = false;
  }

  private void store(int plain) throws IOException {
    if (plain > CHUNK_BYTES) {
      throw new IllegalStateException("bug: a stored chunk of " + plain + " bytes");
    }
    out.write(dictionaryReset ? STORED_RESET : STORED);
    out.write(plain - 1 >>> 8);
    out.write(plain - 1);
    out.write(matches.window, matches.index(chunkStart), plain);
    dictionaryReset = false;
  }
}
