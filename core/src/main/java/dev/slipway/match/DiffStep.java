// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a patch as bsdiff writes it: add differences to old bytes, insert new bytes, then
 * move in the old bytes.
 *
 * @param diffLength how many bytes are old ones plus a difference
 * @param extraLength how many bytes that follow are new
 * @param seek how far to move in the old bytes afterwards, from behind the bytes used
 */
public record DiffStep(long diffLength, long extraLength, long seek) {

  /**
   * The steps that make the new bytes, starting at the first byte of the old ones.
   *
   * @param alignments in the order of the new bytes
   * @param newLength how many new bytes there are
   */
  public static List<DiffStep> of(List<Alignment> alignments, long newLength) {
    var steps = new ArrayList<DiffStep>();
    long made = 0;
    long oldAt = 0;
    long diffLength = 0;
    for (Alignment next : alignments) {
      long extra = next.newOffset() - made;
      long seek = next.oldOffset() - oldAt;
      if (diffLength > 0 || extra > 0 || seek != 0) {
        steps.add(new DiffStep(diffLength, extra, seek));
      }
      diffLength = next.length();
      made = next.newEnd();
      oldAt = next.oldEnd();
    }
    if (diffLength > 0 || newLength > made) {
      steps.add(new DiffStep(diffLength, newLength - made, 0));
    }
    return List.copyOf(steps);
  }
}
