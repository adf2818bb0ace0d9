// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.StoreCuts.Cut;
import dev.slipway.bootconfig.StoreCuts.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every write that the store ever sees, cut off and torn at every byte: what GRUB then starts is
 * what it would have started before the write or after it.
 */
class TornWritesTest {
  private static BootState read(byte[]... blocks) throws Exception {
    byte[] block = blocks[BootStore.newest("store", List.of(blocks))];
    return StoreBlock.read("block", block).state();
  }

  @Test
  void everyWriteTornAtEveryByteIsOldOrNew() throws Exception {
    List<Cut> cuts = StoreCuts.all();
    assertThat(cuts).hasSizeGreaterThan(800);
    for (Cut cut : cuts) {
      assertThat(StoreCuts.choice(cut.blocks())).as(cut.what()).isIn(cut.allowed());
    }
  }

  @Test
  void javaReadsOfATornWriteWhatWasThereBeforeOrAfter() throws Exception {
    for (Step step : StoreCuts.life()) {
      for (int cut = 0; cut <= 512; cut++) {
        byte[] torn = step.before()[step.block()].clone();
        System.arraycopy(step.after()[step.block()], 0, torn, 0, cut);
        assertThat(read(step.with(torn))).isIn(read(step.before()), read(step.after()));
      }
    }
  }

  /** What hands over is counted first: whatever is left of that write, nothing is tried twice. */
  @Test
  void aTornHandOverTriesTheNewBootLoaderOrStartsTheSlot() throws Exception {
    Set<String> loaders = Set.of("(hd0,gpt1)2047+1");
    BootState state =
        SampleMenus.ab()
            .freshState(Set.of(Slot.A, Slot.B))
            .primary(Slot.B)
            .withLoader(LoaderKind.BIOS, LoaderTrial.TRY_2);
    byte[][] before =
        BootStore.fresh(state).stream().map(GrubEnvironment::bytes).toArray(byte[][]::new);
    GrubModel.Script script = GrubModel.script(SampleMenus.ab());
    GrubModel old = script.with(StoreCuts.KERNELS, before).in(1, loaders);
    assertThat(old.start()).isEqualTo(GrubModel.HANDED_OVER);
    int written = old.written().get(0);
    for (int cut = 0; cut <= 512; cut++) {
      for (boolean front : new boolean[] {true, false}) {
        byte[][] blocks = before.clone();
        blocks[written] = (front ? before : old.blocks())[written].clone();
        System.arraycopy((front ? old.blocks() : before)[written], 0, blocks[written], 0, cut);
        GrubModel next = script.with(StoreCuts.KERNELS, blocks).in(1, loaders);
        assertThat(next.start()).isIn(GrubModel.HANDED_OVER, "B");
        // what it was handed to starts the slot, and so does the old one from then on
        assertThat(script.with(StoreCuts.KERNELS, next.blocks()).in(2, loaders).start())
            .isEqualTo("B");
        assertThat(script.with(StoreCuts.KERNELS, next.blocks()).in(1, loaders).start())
            .isEqualTo("B");
      }
    }
  }

  /** A sector whose write was interrupted may also come back as anything, or not at all. */
  @Test
  void aSectorThatIsLostInTheMiddleOfAWriteIsOld() throws Exception {
    for (Step step : StoreCuts.life()) {
      String old = StoreCuts.choice(step.before());
      for (byte fill : new byte[] {0, (byte) 0xff, '#', '\n', 'A', '='}) {
        byte[] lost = step.after()[step.block()].clone();
        Arrays.fill(lost, 0, 512, fill);
        assertThat(StoreCuts.choice(step.with(lost))).isEqualTo(old);
      }
      assertThat(StoreCuts.choice(step.with(null))).isEqualTo(old);
    }
  }

  /** The block that was torn is written next; the other one stays what it is until that is done. */
  @Test
  void aSecondCutInTheRepairOfTheFirstIsStillOldOrNew() throws Exception {
    Step step = StoreCuts.life().get(2);
    for (int cut = 0; cut < 512; cut += 3) {
      byte[] torn = step.before()[step.block()].clone();
      System.arraycopy(step.after()[step.block()], 0, torn, 0, cut);
      byte[][] before = step.with(torn);
      var disk = new StoreDisk(SampleMenus.ab().freshState(Set.of(Slot.A)));
      disk.overwrite(StoreDisk.FIRST, before[0]);
      disk.overwrite(StoreDisk.SECOND, before[1]);
      disk.store().update(state -> state.primary(Slot.B));
      byte[][] after = {disk.block(0), disk.block(1)};
      String old = StoreCuts.choice(before);
      String now = StoreCuts.choice(after);
      for (int second = 0; second < 512; second += 7) {
        byte[][] blocks = {before[0].clone(), before[1].clone()};
        System.arraycopy(after[0], 0, blocks[0], 0, second);
        System.arraycopy(after[1], 0, blocks[1], 0, second);
        assertThat(StoreCuts.choice(blocks)).isIn(old, now);
      }
    }
  }
}
