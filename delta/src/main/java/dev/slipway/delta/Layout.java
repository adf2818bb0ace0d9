// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.member.Member;
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

  static Layout of(ByteSpace space, List<MemberTexts.Text> members) {
    var layout =
        new Layout(space.size(Area.SOURCE.ordinal()), space.size(Area.SOURCE_PLAIN.ordinal()));
    long target = ByteSpace.base(Area.TARGET.ordinal());
    long plain = ByteSpace.base(Area.TARGET_PLAIN.ordinal());
    long at = 0;
    long plainAt = 0;
    for (int i = 0; i < members.size(); i++) {
      MemberTexts.Text text = members.get(i);
      Member member = text.member();
      layout.add(target + at, target + member.offset(), at, plainAt, -1);
      long plainStart = plain + text.plainOffset();
      layout.stretches.add(
          new Stretch(plainStart, plainStart + member.plainLength(), member.offset(), plainAt, i));
      at = member.end();
      plainAt = text.plainEnd();
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
