// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.match.Alignment;
import java.util.List;

/**
 * An executable of the target and the one of the source that it came from.
 *
 * @param made the file in the target
 * @param old the file in the source
 * @param alignments the pieces of the new file, in its order, by their addresses; also such as lead
 *     elsewhere than into the old file
 * @param side what the device's predictor has to be told
 */
record CodePair(
    Executables.File made, Executables.File old, List<Alignment> alignments, byte[] side) {

  /** Whether the bytes of an alignment are predicted rather than copied. */
  static boolean isPredicted(Alignment alignment, Executables.File old) {
    return alignment.oldOffset() >= old.start() && alignment.oldEnd() <= old.end();
  }
}
