// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import java.util.List;

/** How the addresses of the search are told in the delta. */
final class Places {
  private static final Area[] AREAS = Area.values();

  private final PlainUse old;
  private final PlainUse made;

  Places(
      MemberTexts oldTexts,
      MemberTexts madeTexts,
      List<Search.Stretch> stretches,
      List<List<CodePair>> pairs) {
    old = new PlainUse(Area.SOURCE_PLAIN, oldTexts.texts());
    made = new PlainUse(Area.TARGET_PLAIN, madeTexts.texts());
    for (Search.Stretch stretch : stretches) {
      stretch.alignments().forEach(this::add);
    }
    for (List<CodePair> each : pairs) {
      for (CodePair pair : each) {
        add(new Alignment(pair.made().start(), pair.old().start(), pair.old().length()));
        pair.alignments().forEach(this::add);
      }
    }
    old.settle();
    made.settle();
  }

  private void add(Alignment alignment) {
    switch (AREAS[ByteSpace.area(alignment.oldOffset())]) {
      case SOURCE_PLAIN -> old.add(alignment);
      case TARGET_PLAIN -> made.add(alignment);
      default -> {
        // images need no mapping
      }
    }
  }

  PlainUse old() {
    return old;
  }

  PlainUse made() {
    return made;
  }

  Place of(long address) {
    Area area = AREAS[ByteSpace.area(address)];
    return new Place(
        area,
        switch (area) {
          case SOURCE_PLAIN -> old.offset(address);
          case TARGET_PLAIN -> made.offset(address);
          default -> ByteSpace.offset(address);
        });
  }
}
