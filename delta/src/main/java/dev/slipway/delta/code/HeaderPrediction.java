// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the new headers would be if only the sizes of sections had changed: linkers lay sections one
 * behind the other, and cut segments along them.
 */
final class HeaderPrediction {
  private static final long PAGE = 4096;

  private HeaderPrediction() {}

  /**
   * The numbers of the new sections in the order in which their places are predicted: as their
   * counterparts lie in the old file, then those without one.
   */
  static List<Integer> placingOrder(ElfHeaders before, int[] oldIndex) {
    var order = new ArrayList<Integer>(oldIndex.length);
    for (int i = 0; i < oldIndex.length; i++) {
      order.add(i);
    }
    order.sort(
        Comparator.comparingLong(
            (Integer i) ->
                oldIndex[i] == Layout.NONE
                    ? Long.MAX_VALUE
                    : before.sections.get(oldIndex[i]).offset()));
    return order;
  }

  /** All but the place of a section: as before, with section numbers renumbered. */
  static long[] contents(Section old, int[] newIndex, long nameShift) {
    long[] fields = old.fields();
    fields[Section.NAME] += nameShift;
    fields[Section.LINK] = Layout.mapped(newIndex, fields[Section.LINK]);
    if (old.infoIsSection()) {
      fields[Section.INFO] = Layout.mapped(newIndex, fields[Section.INFO]);
    }
    fields[Section.ADDRESS] = 0;
    fields[Section.OFFSET] = 0;
    return fields;
  }

  /**
   * The address behind the one before it, with the same alignment as in the old file; null stands
   * for no neighbour.
   */
  static long address(Section old, Section oldBefore, Section newBefore) {
    if (old.address() == 0 || oldBefore == null) {
      return old.address();
    }
    return place(
        old.address(),
        oldBefore.address() + oldBefore.size(),
        newBefore.address() + newBefore.size(),
        old.alignment());
  }

  static long offset(Section old, Section oldBefore, Section newBefore, long newAddress) {
    if (old.offset() == 0 || oldBefore == null) {
      return old.offset();
    }
    long place = place(old.offset(), oldBefore.endOffset(), newBefore.endOffset(), old.alignment());
    // A loaded section lies at the same place of its page in the file and in memory.
    return old.address() == 0 ? place : place + Math.floorMod(newAddress - place, PAGE);
  }

  private static long place(long old, long oldEnd, long newEnd, long alignment) {
    if (old == roundUp(oldEnd, alignment)) {
      return roundUp(newEnd, alignment);
    }
    if (old == roundUp(oldEnd, PAGE)) {
      return roundUp(newEnd, PAGE);
    }
    return old + roundUp(newEnd, PAGE) - roundUp(oldEnd, PAGE);
  }

  static long roundUp(long value, long alignment) {
    long over = Math.floorMod(value, alignment);
    return over == 0 ? value : value + alignment - over;
  }

  /** Where the section headers follow the last section. */
  static long sectionHeaders(List<Section> sections) {
    long end = 0;
    for (Section section : sections) {
      end = Math.max(end, section.endOffset());
    }
    return roundUp(end, 8);
  }

  /** A program header cut along the same sections as before. */
  static long[] segment(Segment old, ElfHeaders before, List<Section> after, int[] newIndex) {
    long[] fields = old.fields();
    long start = old.field(Segment.OFFSET);
    long address = old.field(Segment.ADDRESS);
    long fileEnd = start + old.field(Segment.FILE_SIZE);
    long memoryEnd = address + old.field(Segment.MEMORY_SIZE);
    boolean startFound = start == 0;
    boolean fileEndFound = false;
    boolean memoryEndFound = false;
    for (int i = 0; i < newIndex.length; i++) {
      Section from = before.sections.get(i);
      if (newIndex[i] == Layout.NONE || !from.allocated() && from.type() != Section.NOBITS) {
        continue;
      }
      Section to = after.get(newIndex[i]);
      if (!startFound && from.offset() == start && from.address() == address) {
        startFound = true;
        fields[Segment.OFFSET] = to.offset();
        fields[Segment.ADDRESS] = to.address();
        fields[Segment.PHYSICAL_ADDRESS] += to.address() - address;
      }
      if (!fileEndFound && from.fileSize() > 0 && from.endOffset() == fileEnd) {
        fileEndFound = true;
        fields[Segment.FILE_SIZE] = to.endOffset();
      }
      if (!memoryEndFound && from.size() > 0 && from.address() + from.size() == memoryEnd) {
        memoryEndFound = true;
        fields[Segment.MEMORY_SIZE] = to.address() + to.size();
      }
    }
    if (fileEndFound) {
      fields[Segment.FILE_SIZE] -= fields[Segment.OFFSET];
    }
    if (memoryEndFound) {
      fields[Segment.MEMORY_SIZE] -= fields[Segment.ADDRESS];
    } else if (fileEndFound && old.field(Segment.FILE_SIZE) == old.field(Segment.MEMORY_SIZE)) {
      fields[Segment.MEMORY_SIZE] = fields[Segment.FILE_SIZE];
    }
    return fields;
  }
}
