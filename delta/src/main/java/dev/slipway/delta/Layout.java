// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.match.ByteSpace;
import java.util.ArrayList;
import java.util.List;

/**
 * The target as it is told: stretches of it, and between them the plain texts of the members that
 * were opened.
 */
final class Layout {
  private final List<Stretch> stretches = new ArrayList<>();
  private final long sourceBytes;
  private final long sourcePlainBytes;

  /**
   * A stretch of the target, or the plain text of a member.
   *
   * @param start its first address
   * @param end the address behind it
   * @param targetUsable how much of the target is there when the stretch begins
   * @param plainUsable how much plain text of the target's members is there when it begins
   * @param member the number of the member whose plain text this is; -1 for a stretch of the target
   */
  record Stretch(long start, long end, long targetUsable, long plainUsable, int member) {}

  private Layout(long sourceBytes, long sourcePlainBytes) {
    this.sourceBytes = sourceBytes;
    this.sourcePlainBytes = sourcePlainBytes;
  }

  /** A target of which no member was opened. */
  static Layout plain(ByteSpace space) {
    return of(space, List.of());
  }

  /** A member of the target, with its plain text at an offset among the others. */
  record Opened(long offset, long length, long plainOffset, long plainLength) {}

  static Layout of(ByteSpace space, List<Opened> members) {
    var layout =
        new Layout(space.size(Area.SOURCE.ordinal()), space.size(Area.SOURCE_PLAIN.ordinal()));
    long target = ByteSpace.base(Area.TARGET.ordinal());
    long plain = ByteSpace.base(Area.TARGET_PLAIN.ordinal());
    long at = 0;
    long plainAt = 0;
    for (int i = 0; i < members.size(); i++) {
      Opened member = members.get(i);
      layout.add(target + at, target + member.offset(), at, plainAt, -1);
      long plainStart = plain + member.plainOffset();
      layout.stretches.add(
          new Stretch(plainStart, plainStart + member.plainLength(), member.offset(), plainAt, i));
      at = member.offset() + member.length();
      plainAt = member.plainOffset() + member.plainLength();
    }
    layout.add(target + at, target + space.size(Area.TARGET.ordinal()), at, plainAt, -1);
    return layout;
  }

  private void add(long start, long end, long targetUsable, long plainUsable, int member) {
    if (start < end) {
      stretches.add(new Stretch(start, end, targetUsable, plainUsable, member));
    }
  }

  List<Stretch> stretches() {
    return stretches;
  }

  /** For each area, how much of it is there when a place within a stretch is made. */
  long[] usable(Stretch stretch, long address) {
    long within = address - stretch.start();
    boolean isMember = stretch.member() >= 0;
    return new long[] {
      sourceBytes,
      sourcePlainBytes,
      stretch.targetUsable() + (isMember ? 0 : within),
      stretch.plainUsable() + (isMember ? within : 0)
    };
  }
}
