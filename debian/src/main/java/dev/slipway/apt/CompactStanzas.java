// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tens of thousands of stanzas in a few large arrays, found by package name.
 *
 * <p>A stanza is a run of fields in a page: {@code code u8, length u24, bytes}. Pages hold 1 MiB,
 * and no stanza spans two. The table of names is an open chain of numbers, so that an index of
 * Debian takes some 40 MB and no objects.
 */
final class CompactStanzas {
  static final int STANZA_BYTES_MAX = 1 << 22;
  private static final int PAGE_BYTES = 1 << 20;
  private static final int FIELD_HEADER_BYTES = 4;

  private final byte[] architecture;
  private final List<byte[]> pages = new ArrayList<>();
  private int pageUsed = PAGE_BYTES;

  private int count;
  private int[] page = new int[1024];
  private int[] offset = new int[1024];
  private int[] length = new int[1024];
  private int[] hash = new int[1024];
  private int[] heads;
  private int[] next;
  private int[] base = new int[64];
  private int baseCount;

  private byte[] stanza = new byte[1 << 14];
  private int used;
  private int lastField;
  private int seen;

  /**
   * Only stanzas of this architecture and of {@code all} are kept, as on a machine with one
   * architecture.
   */
  CompactStanzas(String architecture) {
    this.architecture = architecture.getBytes(StandardCharsets.US_ASCII);
  }

  // ---- filling

  /** Begins a field of the current stanza; false when it has that field already. */
  boolean add(IndexField field, byte[] bytes, int start, int size) {
    int bit = 1 << field.ordinal();
    if ((seen & bit) != 0) {
      return false;
    }
    seen |= bit;
    reserve(FIELD_HEADER_BYTES + size);
    lastField = used;
    stanza[used] = (byte) field.ordinal();
    used += FIELD_HEADER_BYTES;
    copy(bytes, start, size);
    return true;
  }

  /** Goes on with the field begun last, after a space. */
  void append(byte[] bytes, int start, int size) {
    reserve(1 + size);
    stanza[used++] = ' ';
    copy(bytes, start, size);
  }

  private void copy(byte[] bytes, int start, int size) {
    System.arraycopy(bytes, start, stanza, used, size);
    used += size;
    int fieldLength = used - lastField - FIELD_HEADER_BYTES;
    stanza[lastField + 1] = (byte) (fieldLength >>> 16);
    stanza[lastField + 2] = (byte) (fieldLength >>> 8);
    stanza[lastField + 3] = (byte) fieldLength;
  }

  private void reserve(int more) {
    if (used + more > stanza.length) {
      stanza = Arrays.copyOf(stanza, Math.max(used + more, stanza.length * 2));
    }
  }

  /** Whether the current stanza has grown beyond everything real. */
  boolean isTooLarge() {
    return used > STANZA_BYTES_MAX;
  }

  /**
   * Ends the current stanza and keeps it. What is wrong with it comes back in words; null when
   * nothing is.
   */
  String finish() {
    String problem = problem();
    if (problem == null && isOurs()) {
      keep();
    }
    used = 0;
    seen = 0;
    return problem;
  }

  private String problem() {
    for (IndexField field :
        List.of(IndexField.PACKAGE, IndexField.VERSION, IndexField.ARCHITECTURE)) {
      if ((seen & (1 << field.ordinal())) == 0) {
        return "has no field " + field.title;
      }
    }
    return null;
  }

  private boolean isOurs() {
    int at = find(stanza, 0, used, IndexField.ARCHITECTURE);
    int size = size(stanza, at);
    int start = at + FIELD_HEADER_BYTES;
    return Arrays.equals(stanza, start, start + size, architecture, 0, architecture.length)
        || (size == 3
            && stanza[start] == 'a'
            && stanza[start + 1] == 'l'
            && stanza[start + 2] == 'l');
  }

  private void keep() {
    if (used > PAGE_BYTES - pageUsed) {
      pages.add(new byte[Math.max(PAGE_BYTES, used)]);
      pageUsed = 0;
    }
    if (count == page.length) {
      int larger = count * 2;
      page = Arrays.copyOf(page, larger);
      offset = Arrays.copyOf(offset, larger);
      length = Arrays.copyOf(length, larger);
      hash = Arrays.copyOf(hash, larger);
    }
    byte[] target = pages.get(pages.size() - 1);
    System.arraycopy(stanza, 0, target, pageUsed, used);
    page[count] = pages.size() - 1;
    offset[count] = pageUsed;
    length[count] = used;
    int name = find(stanza, 0, used, IndexField.PACKAGE);
    hash[count] = hash(stanza, name + FIELD_HEADER_BYTES, size(stanza, name));
    if (isBase()) {
      base = baseCount == base.length ? Arrays.copyOf(base, baseCount * 2) : base;
      base[baseCount++] = count;
    }
    pageUsed += used;
    count++;
  }

  /** Essential, or of priority required. */
  private boolean isBase() {
    if ((seen & 1 << IndexField.ESSENTIAL.ordinal()) != 0
        && equalsIgnoringCase(IndexField.ESSENTIAL, "yes")) {
      return true;
    }
    return (seen & 1 << IndexField.PRIORITY.ordinal()) != 0
        && equalsIgnoringCase(IndexField.PRIORITY, "required");
  }

  private boolean equalsIgnoringCase(IndexField field, String lowerCase) {
    int at = find(stanza, 0, used, field);
    if (size(stanza, at) != lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      if ((stanza[at + FIELD_HEADER_BYTES + i] | 0x20) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Ends the filling: arrays shrink to what is used, and names can be looked up. */
  void trim() {
    if (!pages.isEmpty()) {
      pages.set(pages.size() - 1, Arrays.copyOf(pages.get(pages.size() - 1), pageUsed));
    }
    page = Arrays.copyOf(page, count);
    offset = Arrays.copyOf(offset, count);
    length = Arrays.copyOf(length, count);
    hash = Arrays.copyOf(hash, count);
    base = Arrays.copyOf(base, baseCount);
    stanza = null;
    heads = new int[Math.max(16, Integer.highestOneBit(Math.max(1, count)) * 2)];
    next = new int[count];
    for (int i = count - 1;
        i >= 0;
        i--) { // backwards, so that a chain runs in the order of the file
      int slot = hash[i] & (heads.length - 1);
      next[i] = heads[slot];
      heads[slot] = i + 1;
    }
  }

  // ---- reading

  /**
   * The numbers of the packages that are essential or of priority required, in the order of the
   * file; not to be changed.
   */
  int[] base() {
    return base;
  }

  int count() {
    return count;
  }

  /**
   * The next stanza after {@code previous} (-1 to begin) that describes a package of this name; -1
   * when there is none.
   */
  int find(String name, int previous) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    int wantedHash = hash(wanted, 0, wanted.length);
    int at = previous < 0 ? heads[wantedHash & (heads.length - 1)] : next[previous];
    while (at != 0) {
      int number = at - 1;
      if (hash[number] == wantedHash && isNamed(number, wanted)) {
        return number;
      }
      at = next[number];
    }
    return -1;
  }

  private boolean isNamed(int number, byte[] wanted) {
    byte[] bytes = pages.get(page[number]);
    int at = find(bytes, offset[number], offset[number] + length[number], IndexField.PACKAGE);
    int start = at + FIELD_HEADER_BYTES;
    return Arrays.equals(bytes, start, start + size(bytes, at), wanted, 0, wanted.length);
  }

  /** The value of a field; null when the stanza has none. */
  String value(int number, IndexField field) {
    byte[] bytes = pages.get(page[number]);
    int at = find(bytes, offset[number], offset[number] + length[number], field);
    return at < 0
        ? null
        : new String(bytes, at + FIELD_HEADER_BYTES, size(bytes, at), StandardCharsets.UTF_8);
  }

  /** Told where the value of a field lies; the array is not to be changed. */
  interface ValueVisitor {
    void value(byte[] bytes, int start, int end);
  }

  /** Shows the value of a field, undecoded, if the stanza has it. */
  void visit(int number, IndexField field, ValueVisitor visitor) {
    byte[] bytes = pages.get(page[number]);
    int at = find(bytes, offset[number], offset[number] + length[number], field);
    if (at >= 0) {
      visitor.value(bytes, at + FIELD_HEADER_BYTES, at + FIELD_HEADER_BYTES + size(bytes, at));
    }
  }

  /**
   * Shows the values of all fields from one to another, both included, in the order of {@link
   * IndexField}.
   */
  void visitAll(int number, IndexField first, IndexField last, ValueVisitor visitor) {
    byte[] bytes = pages.get(page[number]);
    int end = offset[number] + length[number];
    int present = 0;
    for (int at = offset[number]; at < end; at += FIELD_HEADER_BYTES + size(bytes, at)) {
      present |= 1 << bytes[at];
    }
    for (int code = first.ordinal(); code <= last.ordinal(); code++) {
      if ((present & 1 << code) != 0) {
        visit(number, IndexField.of(code), visitor);
      }
    }
  }

  private static int find(byte[] bytes, int start, int end, IndexField field) {
    int code = field.ordinal();
    for (int at = start; at < end; at += FIELD_HEADER_BYTES + size(bytes, at)) {
      if (bytes[at] == code) {
        return at;
      }
    }
    return -1;
  }

  private static int size(byte[] bytes, int field) {
    return (bytes[field + 1] & 0xff) << 16
        | (bytes[field + 2] & 0xff) << 8
        | (bytes[field + 3] & 0xff);
  }

  static int hash(byte[] bytes, int start, int size) {
    int hash = 1;
    for (int i = start; i < start + size; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ (hash >>> 15);
  }
}
