// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;

/**
 * What became of the kernel's types and names, as its modules refer to them.
 *
 * @param oldTypes how many types the old kernel has; 0 when nothing is known
 * @param newTypes how many the new one has
 * @param oldText how many bytes its names take
 * @param newText how many bytes they take now
 */
record BtfContext(
    int oldTypes, int newTypes, int oldText, int newText, ShiftRuns types, ShiftRuns text) {
  static final BtfContext NONE = new BtfContext(0, 0, 0, 0, ShiftRuns.NONE, ShiftRuns.NONE);

  boolean known() {
    return oldTypes > 0;
  }

  /** The same for files that are all new already. */
  BtfContext settled() {
    return new BtfContext(newTypes, newTypes, newText, newText, ShiftRuns.NONE, ShiftRuns.NONE);
  }

  void write(SideWriter out) {
    out.number(oldTypes);
    if (known()) {
      out.number(newTypes).number(oldText).number(newText);
      types.write(out);
      text.write(out);
    }
  }

  static BtfContext read(SideReader in) throws FormatException {
    int oldTypes = in.count("types of the old kernel", Integer.MAX_VALUE);
    if (oldTypes == 0) {
      return NONE;
    }
    return new BtfContext(
        oldTypes,
        in.count("types of the new kernel", Integer.MAX_VALUE),
        in.count("names of the old kernel", Integer.MAX_VALUE),
        in.count("names of the new kernel", Integer.MAX_VALUE),
        ShiftRuns.read(in, "types of the kernel"),
        ShiftRuns.read(in, "names of the kernel"));
  }

  long memoryBytes() {
    return types.memoryBytes() + text.memoryBytes();
  }
}
