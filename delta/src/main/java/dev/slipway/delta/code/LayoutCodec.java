// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the new headers as what differs from {@linkplain HeaderPrediction the expected}, and reads
 * them back. Writer and reader are one walk, so that they cannot disagree: {@link #walk} asks a
 * {@link Port} for every number, which either writes the true one or reads it.
 */
final class LayoutCodec {
  private final ElfHeaders before;
  private final Port port;

  private LayoutCodec(ElfHeaders before, Port port) {
    this.before = before;
    this.port = port;
  }

  /** Writes the layout; answers what a reader will have. */
  static Layout write(Layout layout, SideWriter out) {
    try {
      return new LayoutCodec(layout.before, new WritingPort(out)).walk(layout);
    } catch (FormatException e) {
      throw new IllegalStateException("bug: a writer complains of what it writes", e);
    }
  }

  static Layout read(ElfHeaders before, SideReader in) throws FormatException {
    return new LayoutCodec(before, new ReadingPort(in)).walk(null);
  }

  /** Numbers on their way into or out of the side information. */
  private interface Port {
    /** The true value, which the reader does not know yet, within 0 to {@code most}. */
    int count(int value, int most, String field) throws FormatException;

    /** The true value, given what would be expected. */
    long near(long value, long expected, String field) throws FormatException;
  }

  private record WritingPort(SideWriter out) implements Port {
    @Override
    public int count(int value, int most, String field) {
      out.number(value);
      return value;
    }

    @Override
    public long near(long value, long expected, String field) {
      out.signed(value - expected);
      return value;
    }
  }

  private record ReadingPort(SideReader in) implements Port {
    @Override
    public int count(int value, int most, String field) throws FormatException {
      return in.count(field, most);
    }

    @Override
    public long near(long value, long expected, String field) throws FormatException {
      return expected + in.signed(field);
    }
  }

  private Layout walk(Layout known) throws FormatException {
    ElfHeaders truth = known == null ? null : known.after;
    int sectionCount =
        (int)
            port.near(
                truth == null ? 0 : truth.sections.size(), before.sections.size(), "sections");
    if (sectionCount < 1 || sectionCount > ElfHeaders.SECTIONS_MOST) {
      throw new FormatException("model of code: " + sectionCount + " new sections");
    }
    int[] oldIndex = pairs(known, sectionCount);
    int[] newIndex = Layout.invert(oldIndex, before.sections.size());
    List<long[]> rows = contents(truth, oldIndex, newIndex);
    List<Section> sections = places(truth, oldIndex, rows);
    long programHeaders =
        port.near(
            truth == null ? 0 : truth.programHeaderOffset, before.programHeaderOffset, "e_phoff");
    long sectionHeaders =
        port.near(
            truth == null ? 0 : truth.sectionHeaderOffset,
            HeaderPrediction.sectionHeaders(sections),
            "e_shoff");
    long nameSection =
        port.near(
            truth == null ? 0 : truth.nameSection,
            Layout.mapped(newIndex, before.nameSection),
            "e_shstrndx");
    List<Segment> segments = segments(truth, sections, newIndex);
    var after =
        new ElfHeaders(
            before.type,
            before.machine,
            programHeaders,
            sectionHeaders,
            (int) nameSection,
            segments,
            sections);
    return new Layout(before, after, oldIndex);
  }

  private int[] pairs(Layout known, int sectionCount) throws FormatException {
    var oldIndex = new int[sectionCount];
    int at = 0;
    int expected = 0;
    while (at < sectionCount) {
      int run = 0;
      int next = expected;
      if (known != null) {
        while (at + run < sectionCount
            && next < before.sections.size()
            && known.oldIndex(at + run) == next) {
          run++;
          next++;
        }
      }
      int most = Math.min(sectionCount - at, before.sections.size() - expected);
      run = port.count(run, most, "sections in order");
      for (int i = 0; i < run; i++) {
        oldIndex[at++] = expected++;
      }
      if (at < sectionCount) {
        // Number 0 is the empty first section of every file, so it can stand for "none".
        int value = known == null ? 0 : known.oldIndex(at) + 1;
        int old = port.count(value, before.sections.size(), "old section") - 1;
        oldIndex[at++] = old;
        expected = old == Layout.NONE ? expected : old + 1;
      }
    }
    return oldIndex;
  }

  private List<long[]> contents(ElfHeaders truth, int[] oldIndex, int[] newIndex)
      throws FormatException {
    var rows = new ArrayList<long[]>(oldIndex.length);
    long nameShift = 0;
    var exceptions = new Exceptions(oldIndex.length);
    for (int i = 0; i < oldIndex.length; i++) {
      Section old = oldIndex[i] == Layout.NONE ? null : before.sections.get(oldIndex[i]);
      long[] expected =
          old == null
              ? new long[HeaderFields.SECTION.length]
              : HeaderPrediction.contents(old, newIndex, nameShift);
      long[] value = truth == null ? null : truth.sections.get(i).fields();
      if (value != null) {
        value[Section.ADDRESS] = 0;
        value[Section.OFFSET] = 0;
      }
      long[] row = exceptions.row(i, expected, value, "section header");
      nameShift = old == null ? nameShift : row[Section.NAME] - old.field(Section.NAME);
      rows.add(row);
    }
    exceptions.end();
    return rows;
  }

  private List<Section> places(ElfHeaders truth, int[] oldIndex, List<long[]> rows)
      throws FormatException {
    var sections = new Section[rows.size()];
    Section oldBefore = null;
    Section newBefore = null;
    Section oldAddressed = null;
    Section newAddressed = null;
    var exceptions = new Exceptions(rows.size());
    int n = 0;
    for (int i : HeaderPrediction.placingOrder(before, oldIndex)) {
      Section old = oldIndex[i] == Layout.NONE ? null : before.sections.get(oldIndex[i]);
      long[] row = rows.get(i);
      long[] expected = new long[2];
      if (old != null) {
        expected[0] = HeaderPrediction.address(old, oldAddressed, newAddressed);
        expected[1] = HeaderPrediction.offset(old, oldBefore, newBefore, expected[0]);
      }
      long[] value = null;
      if (truth != null) {
        Section section = truth.sections.get(i);
        value = new long[] {section.address(), section.offset()};
      }
      long[] place = exceptions.row(n++, expected, value, "place of section");
      row[Section.ADDRESS] = place[0];
      row[Section.OFFSET] = place[1];
      sections[i] = new Section(old == null ? "" : old.name(), row);
      if (old != null && old.type() != 0) {
        oldBefore = old;
        newBefore = sections[i];
        if (old.allocated()) {
          oldAddressed = old;
          newAddressed = sections[i];
        }
      }
    }
    exceptions.end();
    return Arrays.asList(sections);
  }

  private List<Segment> segments(ElfHeaders truth, List<Section> sections, int[] newIndex)
      throws FormatException {
    long count =
        port.near(
            truth == null ? 0 : truth.segments.size(), before.segments.size(), "program headers");
    if (count < 0 || count > ElfHeaders.SEGMENTS_MOST) {
      throw new FormatException("model of code: " + count + " new program headers");
    }
    var segments = new ArrayList<Segment>();
    var exceptions = new Exceptions((int) count);
    for (int i = 0; i < count; i++) {
      long[] expected =
          i < before.segments.size()
              ? HeaderPrediction.segment(before.segments.get(i), before, sections, newIndex)
              : new long[HeaderFields.SEGMENT.length];
      long[] value = truth == null ? null : truth.segments.get(i).fields();
      segments.add(new Segment(exceptions.row(i, expected, value, "program header")));
    }
    exceptions.end();
    return segments;
  }

  /**
   * Rows of which most are as expected: how many are, then one that is not with a mask of the
   * fields that differ, and so on to the end.
   */
  private final class Exceptions {
    private final int rows;
    private final List<long[]> waiting = new ArrayList<>(); // writer: rows as expected so far
    private int left = -1; // reader: rows as expected before the next exception

    Exceptions(int rows) {
      this.rows = rows;
    }

    long[] row(int index, long[] expected, long[] value, String field) throws FormatException {
      if (value != null) {
        if (Arrays.equals(expected, value)) {
          waiting.add(value);
          return value;
        }
        port.count(waiting.size(), rows, field);
        waiting.clear();
        return fields(expected, value, field);
      }
      if (left < 0) {
        left = port.count(0, rows - index, field);
      }
      return left-- > 0 ? expected : fields(expected, null, field);
    }

    private long[] fields(long[] expected, long[] value, String field) throws FormatException {
      int mask = 0;
      for (int i = 0; value != null && i < expected.length; i++) {
        mask |= expected[i] != value[i] ? 1 << i : 0;
      }
      mask = port.count(mask, (1 << expected.length) - 1, field);
      long[] row = expected.clone();
      for (int i = 0; i < row.length; i++) {
        if ((mask >> i & 1) != 0) {
          row[i] = port.near(value == null ? 0 : value[i], expected[i], field);
        }
      }
      return row;
    }

    /** Says that the rest is as expected; a reader has been told by the last count. */
    void end() throws FormatException {
      if (!waiting.isEmpty()) {
        port.count(waiting.size(), rows, "end");
      }
    }
  }
}
