// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The boot store in every state that a power cut can leave it in: each write in the life of a
 * machine, by Java and by GRUB, torn at each byte, from the front and from the back.
 */
public final class StoreCuts {
  /** Partitions that hold a kernel, in every cut. */
  public static final Set<String> KERNELS = Set.of("gpt3", "gpt4");

  private static final GrubModel.Script SCRIPT = GrubModel.script(SampleMenus.ab());

  /**
   * @param what which write was cut, and where
   * @param blocks the two blocks as they were left
   * @param allowed what GRUB may start: as before the write, or as after it
   */
  public record Cut(String what, byte[][] blocks, List<String> allowed) {}

  /** Two contents of a store, one write apart. */
  record Step(String what, byte[][] before, byte[][] after) {
    /** The number of the block that was written. */
    int block() {
      return Arrays.equals(before[0], after[0]) ? 1 : 0;
    }

    /** The store before the write, but for the block that was written. */
    byte[][] with(byte[] written) {
      byte[][] blocks = {before[0], before[1]};
      blocks[block()] = written;
      return blocks;
    }
  }

  private StoreCuts() {}

  /** What GRUB starts, and what it has counted then, by the model. */
  public static String choice(byte[]... blocks) {
    GrubModel grub = SCRIPT.with(KERNELS, blocks);
    return grub.start() + " A" + grub.variable("A_TRY") + " B" + grub.variable("B_TRY");
  }

  /** The store after GRUB has counted, by the model. */
  public static byte[][] counted(byte[]... blocks) {
    GrubModel grub = SCRIPT.with(KERNELS, blocks);
    grub.start();
    return grub.blocks();
  }

  /** All cuts, each once. */
  public static List<Cut> all() throws IOException {
    var cuts = new ArrayList<Cut>();
    for (Step step : life()) {
      List<String> allowed = List.of(choice(step.before()), choice(step.after()));
      byte[] old = step.before()[step.block()];
      byte[] now = step.after()[step.block()];
      for (boolean front : new boolean[] {true, false}) {
        byte[] last = {};
        for (int cut = 0; cut <= GrubEnvironment.SECTOR_BYTES; cut++) {
          byte[] torn = (front ? old : now).clone();
          System.arraycopy(front ? now : old, 0, torn, 0, cut);
          if (!Arrays.equals(torn, last)) {
            cuts.add(new Cut(step.what() + " cut at byte " + cut, step.with(torn), allowed));
            last = torn;
          }
        }
      }
    }
    return cuts;
  }

  /** The life of a machine: installs, tries, confirmations, a fall back, and what GRUB counts. */
  static List<Step> life() throws IOException {
    var steps = new ArrayList<Step>();
    var disk = new StoreDisk(SampleMenus.ab().freshState(Set.of(Slot.A)));
    for (int round = 0; round < 3; round++) {
      Slot target = round % 2 == 0 ? Slot.B : Slot.A;
      boot(disk, steps);
      change(disk, steps, "confirm", state -> state.good(target.other()));
      if (round > 0) {
        change(disk, steps, "begin to install", state -> state.installing(target));
      }
      change(disk, steps, "flip", state -> state.primary(target));
      if (round == 1) {
        change(disk, steps, "new loader", s -> s.withLoader(LoaderKind.BIOS, LoaderTrial.TRY_1));
      }
      boot(disk, steps);
      change(disk, steps, "confirm", state -> state.good(target));
    }
    change(disk, steps, "begin to install", state -> state.installing(Slot.A));
    change(disk, steps, "flip", state -> state.primary(Slot.A));
    for (int i = 0; i < 4; i++) {
      boot(disk, steps);
    }
    change(disk, steps, "fall back", state -> state.bad(Slot.A).good(Slot.B));
    return steps;
  }

  private static void boot(StoreDisk disk, List<Step> steps) {
    byte[][] before = {disk.block(0), disk.block(1)};
    byte[][] after = counted(before);
    disk.overwrite(StoreDisk.FIRST, after[0]);
    disk.overwrite(StoreDisk.SECOND, after[1]);
    steps.add(new Step("count", before, after));
  }

  private static void change(
      StoreDisk disk, List<Step> steps, String what, UnaryOperator<BootState> change)
      throws IOException {
    byte[][] before = {disk.block(0), disk.block(1)};
    disk.store().update(change);
    steps.add(new Step(what, before, new byte[][] {disk.block(0), disk.block(1)}));
  }
}
