// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import java.util.ArrayList;
import java.util.List;

/** Gives out the blocks between the fixed structures, strictly forward. */
final class FreeSpace {
  private final List<Run> fixed;
  private final List<Run> taken = new ArrayList<>();
  private int nextFixed;
  private long at;

  FreeSpace(Geometry geometry) {
    this.fixed = geometry.fixed();
  }

  /** Moves on to a block whose number is a multiple of {@code step}. */
  void align(int step) {
    at = (at + step - 1) / step * step;
  }

  /** Takes so many blocks: one run, or several when fixed structures lie between them. */
  List<Run> take(long count) {
    var runs = new ArrayList<Run>(1);
    long missing = count;
    while (missing > 0) {
      while (nextFixed < fixed.size() && fixed.get(nextFixed).start() <= at) {
        at = Math.max(at, fixed.get(nextFixed++).end());
      }
      long room = nextFixed == fixed.size() ? missing : fixed.get(nextFixed).start() - at;
      Run run = new Run(at, Math.min(missing, room));
      runs.add(run);
      at = run.end();
      missing -= run.count();
    }
    note(runs);
    return runs;
  }

  private void note(List<Run> runs) {
    for (Run run : runs) {
      int last = taken.size() - 1;
      if (last >= 0 && taken.get(last).end() == run.start()) {
        Run before = taken.get(last);
        taken.set(last, new Run(before.start(), before.count() + run.count()));
      } else {
        taken.add(run);
      }
    }
  }

  /** What has been taken, in the order of the blocks. */
  List<Run> taken() {
    return taken;
  }

  /** The first block behind everything taken. */
  long end() {
    return taken.isEmpty() ? 0 : taken.get(taken.size() - 1).end();
  }
}
