// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import java.util.BitSet;
import java.util.List;

/**
 * Which plain texts are copied from. Only these lie in temporary files when the delta is applied,
 * and their offsets there are those of the delta.
 */
final class PlainUse {
  private final List<MemberTexts.Text> texts;
  private final long base;
  private final BitSet used = new BitSet();
  private long[] kept;
  private long bytes;

  PlainUse(Area area, List<MemberTexts.Text> texts) {
    this.texts = texts;
    base = ByteSpace.base(area.ordinal());
  }

  void add(Alignment alignment) {
    long from = alignment.oldOffset() - base;
    int i = textAt(from);
    for (; i < texts.size() && texts.get(i).plainOffset() < from + alignment.length(); i++) {
      used.set(i);
    }
  }

  /** The last text that starts at or before an offset and is not empty. */
  private int textAt(long offset) {
    int low = 0;
    int high = texts.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (texts.get(middle).plainEnd() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Ends adding: from now on places can be asked for. */
  void settle() {
    kept = new long[texts.size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = bytes;
      if (used.get(i)) {
        bytes += texts.get(i).member().plainLength();
      }
    }
  }

  boolean isUsed(int text) {
    return used.get(text);
  }

  /** How many bytes the used texts have together. */
  long bytes() {
    return bytes;
  }

  long offset(long address) {
    long offset = address - base;
    int i = textAt(offset);
    return kept[i] + offset - texts.get(i).plainOffset();
  }
}
