// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What GRUB starts, by a model of GRUB that runs the script as it stands on the disk. */
class GrubChoiceTest {
  private static final Set<String> BOTH = Set.of("gpt3", "gpt4");
  private static final Set<String> WITH_RECOVERY = Set.of("gpt3", "gpt4", "gpt6");
  private static final BootState FRESH = SampleMenus.ab().freshState(Set.of(Slot.A));
  private static final GrubModel.Script AB = GrubModel.script(SampleMenus.ab());
  private static final GrubModel.Script RECOVERY = GrubModel.script(SampleMenus.recovery());

  private static GrubModel grub(BootState state) {
    return AB.with(BOTH, blocks(state));
  }

  private static byte[][] blocks(BootState state) {
    return BootStore.fresh(state).stream().map(GrubEnvironment::bytes).toArray(byte[][]::new);
  }

  private static BootState usedUp() {
    return new BootState(
        FRESH.order(),
        Map.of(Slot.A, new BootState.SlotState(true, 3), Slot.B, new BootState.SlotState(true, 3)),
        FRESH.lastGood(),
        5);
  }

  @Test
  void anUpdateHasThreeTriesThenTheOldReleaseStarts() {
    byte[][] blocks = blocks(FRESH.primary(Slot.B));
    for (String expected : new String[] {"B", "B", "B", "A", "A", "A"}) {
      GrubModel grub = AB.with(BOTH, blocks);
      assertThat(grub.start()).isEqualTo(expected);
      blocks = grub.blocks();
    }
  }

  @Test
  void countingGoesToTheBlocksByTurns() {
    byte[][] blocks = blocks(FRESH);
    for (int expected : new int[] {1, 0, 1}) {
      GrubModel grub = AB.with(BOTH, blocks);
      grub.start();
      assertThat(grub.written()).containsExactly(expected);
      blocks = grub.blocks();
    }
  }

  @Test
  void grubsBlockIsTheOneJavaWouldWriteButForTheDigest() throws Exception {
    GrubModel grub = grub(FRESH);
    grub.start();
    StoreBlock read = StoreBlock.read("block", grub.blocks()[1]);
    assertThat(read.sequence()).isEqualTo(2);
    assertThat(read.state().slot(Slot.A)).isEqualTo(new BootState.SlotState(true, 1));
    byte[] ours = read.environment().with(StoreBlock.SUM, StoreBlock.UNDIGESTED).bytes();
    assertThat(grub.blocks()[1]).isEqualTo(ours);
  }

  @Test
  void aSlotThatIsNotOkIsNeverStarted() {
    BootState writing = FRESH.installing(Slot.B);
    assertThat(grub(writing).start()).isEqualTo("A");
    assertThat(grub(writing).withBroken(Set.of("gpt3")).start()).isEqualTo(GrubModel.REBOOT);
    BootState none = writing.bad(Slot.A);
    GrubModel grub = grub(none);
    assertThat(grub.start()).isEqualTo(GrubModel.REBOOT);
    assertThat(grub.console())
        .contains("this disk holds nothing that can be started")
        .contains("write an image to it again");
  }

  @Test
  void aSlotWithoutAKernelIsPassedOver() {
    BootState state = FRESH.primary(Slot.B);
    assertThat(AB.with(Set.of("gpt3"), blocks(state)).start()).isEqualTo("A");
    assertThat(grub(state).withBroken(Set.of("gpt4")).start()).isEqualTo("A");
  }

  @Test
  void withEveryTryUsedUpTheSlotKnownToBeGoodStarts() {
    GrubModel grub = grub(usedUp());
    assertThat(grub.start()).isEqualTo("A");
    assertThat(grub.console()).contains("no slot has a try left");
    BootState goodB = usedUp().good(Slot.B);
    BootState usedUpGoodB =
        new BootState(goodB.order(), usedUp().slots(), goodB.lastGood(), goodB.mark());
    assertThat(grub(usedUpGoodB).start()).isEqualTo("B");
  }

  @Test
  void withEveryTryUsedUpRecoveryStartsWhereThereIsOne() {
    assertThat(RECOVERY.with(WITH_RECOVERY, blocks(usedUp())).start()).isEqualTo("recovery");
    assertThat(RECOVERY.with(BOTH, blocks(usedUp())).start()).isEqualTo("A");
    assertThat(RECOVERY.with(WITH_RECOVERY, blocks(FRESH)).start()).isEqualTo("A");
  }

  @Test
  void aStoreThatCannotBeWrittenStartsOnlyWhatIsKnownToBeGood() {
    GrubModel grub = grub(FRESH.primary(Slot.B)).readOnly();
    assertThat(grub.start()).isEqualTo("A");
    assertThat(grub.console()).contains("this start cannot be counted");
  }

  @Test
  void aLostStoreStillCountsWhenOnlyItsContentsAreLost() {
    byte[][] blocks = blocks(FRESH.primary(Slot.B));
    // the last line of both is torn off: GRUB takes its defaults and writes whole blocks
    for (byte[] block : blocks) {
      java.util.Arrays.fill(block, 100, 1024, (byte) '#');
      block[99] = '\n';
    }
    String started = "";
    for (int i = 0; i < 6; i++) {
      GrubModel grub = AB.with(BOTH, blocks);
      started += grub.start();
      blocks = grub.blocks();
    }
    assertThat(started).isEqualTo("AAABBB");
  }

  @Test
  void oneLostBlockChangesNothing() {
    var random = new Random(3);
    byte[] noise = new byte[1024];
    random.nextBytes(noise);
    for (byte[] lost : new byte[][] {null, new byte[0], new byte[1024], noise}) {
      for (int which = 0; which < 2; which++) {
        byte[][] blocks = blocks(FRESH.primary(Slot.B));
        blocks[which] = lost;
        String started = "";
        for (int i = 0; i < 4; i++) {
          GrubModel grub = AB.with(BOTH, blocks);
          started += grub.start();
          blocks = grub.blocks();
        }
        assertThat(started).isEqualTo("BBBA");
      }
    }
  }

  @Test
  void aSingleSlotIsStartedWhateverWasCounted() {
    BootMenu menu = SampleMenus.single();
    byte[][] blocks = blocks(menu.freshState(Set.of(Slot.A)));
    for (int i = 0; i < 5; i++) {
      GrubModel grub = GrubModel.script(menu).with(Set.of("gpt3"), blocks);
      assertThat(grub.start()).isEqualTo("A");
      blocks = grub.blocks();
    }
  }

  private static final Set<String> PLACES = Set.of("(hd0,gpt1)1023+1", "(hd0,gpt1)2047+1");

  private static BootState trying(int place) {
    return FRESH.primary(Slot.B).withLoader(LoaderKind.BIOS, LoaderTrial.of(place));
  }

  @Test
  void aNewBootLoaderIsTriedOnceAndCountsTheSlotItself() throws Exception {
    for (int place = 1; place <= 2; place++) {
      GrubModel old = grub(trying(place)).in(3 - place, PLACES);
      assertThat(old.start()).isEqualTo(GrubModel.HANDED_OVER);
      assertThat(old.written()).hasSize(1);
      StoreBlock counted = StoreBlock.read("block", old.blocks()[old.written().get(0)]);
      assertThat(counted.state().slot(Slot.B).tries()).isZero();
      assertThat(counted.state().loader(LoaderKind.BIOS))
          .isEqualTo(place == 1 ? LoaderTrial.STARTED_1 : LoaderTrial.STARTED_2);
      // the new one, and the old one when the new one hung: both start the slot
      for (int running = 1; running <= 2; running++) {
        GrubModel next = AB.with(BOTH, old.blocks()).in(running, PLACES);
        assertThat(next.start()).isEqualTo("B");
        assertThat(next.variable("B_TRY")).isEqualTo("1");
        assertThat(next.variable("loader")).isEqualTo("bios." + running);
      }
    }
  }

  @Test
  void aNewBootLoaderIsNotTriedWhenThatCannotBeCounted() {
    GrubModel old = grub(trying(2)).in(1, PLACES).readOnly();
    assertThat(old.start()).isEqualTo("A");
    assertThat(old.console()).doesNotContain("trying the boot loader");
  }

  @Test
  void aNewBootLoaderThatCannotBeLoadedCostsNoTry() throws Exception {
    GrubModel old = grub(trying(2)).in(1, Set.of());
    assertThat(old.start()).isEqualTo("B");
    assertThat(old.written()).containsExactly(1, 0);
    StoreBlock counted = StoreBlock.read("block", old.blocks()[0]);
    assertThat(counted.state().slot(Slot.B).tries()).isEqualTo(1);
    assertThat(counted.state().loader(LoaderKind.BIOS)).isEqualTo(LoaderTrial.STARTED_2);
  }

  @Test
  void aBootLoaderTriesNeitherItselfNorOneOfTheOtherKind() {
    assertThat(grub(trying(2)).in(2, PLACES).start()).isEqualTo("B");
    BootState efi = FRESH.withLoader(LoaderKind.EFI, LoaderTrial.TRY_2);
    assertThat(grub(efi).in(1, PLACES).start()).isEqualTo("A");
  }
}
