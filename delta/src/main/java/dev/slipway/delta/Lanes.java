// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.LaneOptions;
import dev.slipway.delta.coding.LaneOptions.Effort;
import java.util.ArrayList;
import java.util.List;

/** What a delta's streams are, by their numbers in the file. */
enum Lanes {
  /** One byte for each step of the recipe of the target: what to do, and how its place is told. */
  OPS("what to do", 1 << 20, 3, 0),

  /** Lengths and other numbers. */
  LENGTHS("lengths", 1 << 20, 2, 0),

  /** Where copies come from, where that is not where the one before leads on to. */
  PLACES("places copied from", 1 << 20, 2, 0),

  /** Differences between predicted bytes and those of the target. */
  DIFFERENCES("differences", 8 << 20, 2, 0),

  /** Bytes of the target that nothing predicts. */
  LITERALS("new bytes", 16 << 20, 3, 2),

  /** What rebuilding members and predicting code takes. */
  SIDES("recipes of members, models of executables", 1 << 20, 3, 0),

  /** A check of the source bytes of each unit of work. */
  SOURCE_CHECKS("checks of the source", 1 << 12, 0, 0),

  /** A check of the target at the end of each step. */
  TARGET_CHECKS("checks of the target", 1 << 12, 0, 0);

  static final int COUNT = values().length;

  private final String label;
  private final int dictionaryBytes;
  private final int contextBits;
  private final int positionBits;

  Lanes(String label, int dictionaryBytes, int contextBits, int positionBits) {
    this.label = label;
    this.dictionaryBytes = dictionaryBytes;
    this.contextBits = contextBits;
    this.positionBits = positionBits;
  }

  /** How reports call it. */
  String label() {
    return label;
  }

  static List<LaneOptions> options(Effort effort, int literalDictionaryBytes) {
    var options = new ArrayList<LaneOptions>();
    for (Lanes lane : values()) {
      int dictionary = lane == LITERALS ? literalDictionaryBytes : lane.dictionaryBytes;
      options.add(new LaneOptions(dictionary, lane.contextBits, lane.positionBits, effort));
    }
    return options;
  }
}
