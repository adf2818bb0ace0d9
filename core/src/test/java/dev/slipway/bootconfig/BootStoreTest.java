// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.BootState.SlotState;
import dev.slipway.io.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BootStoreTest {
  private static final BootState FRESH = SampleMenus.ab().freshState(Set.of(Slot.A));

  @Test
  void blockLooksLikeThis() {
    String text =
        """
        # GRUB Environment Block
        STORE_SEQ=1
        ORDER=A B
        A_OK=1
        A_TRY=0
        B_OK=0
        B_TRY=0
        BIOS_LOADER=--
        EFI_LOADER=--
        LAST_GOOD=A
        BOOT_MARK=0
        """;
    String sum =
        dev.slipway.digest.Digest.of(text.getBytes(StandardCharsets.US_ASCII))
            .hex()
            .substring(0, 16);
    String whole = text + "STORE_SUM=" + sum + "\nSTORE_END=1\n";
    assertThat(new String(BootStore.fresh(FRESH).get(0).bytes(), StandardCharsets.US_ASCII))
        .isEqualTo(whole + "#".repeat(1024 - whole.length()));
  }

  @Test
  void changesGoToTheOtherBlockByTurns() throws Exception {
    var disk = new StoreDisk(FRESH);
    disk.store().update(state -> state.primary(Slot.B));
    assertThat(disk.writes()).extracting(StoreDisk.Write::offset).containsExactly(StoreDisk.SECOND);
    disk.store().update(state -> state.good(Slot.B));
    assertThat(disk.writes())
        .extracting(StoreDisk.Write::offset)
        .containsExactly(StoreDisk.SECOND, StoreDisk.FIRST);
    assertThat(disk.store().read())
        .isEqualTo(
            new BootState(
                List.of(Slot.B, Slot.A),
                Map.of(Slot.A, new SlotState(true, 0), Slot.B, new SlotState(true, 0)),
                Optional.of(Slot.B),
                0));
  }

  @Test
  void aChangeIsOneSectorAndAFlush() throws Exception {
    var disk = new StoreDisk(FRESH);
    for (int i = 0; i < 10; i++) {
      Slot slot = i % 2 == 0 ? Slot.B : Slot.A;
      disk.store().update(state -> state.primary(slot));
      assertThat(disk.writes()).hasSize(i + 1).allMatch(write -> write.bytes().length == 512);
      assertThat(disk.flushes()).isEqualTo(i + 1);
    }
  }

  @Test
  void nothingIsWrittenWhenNothingChanges() throws Exception {
    var disk = new StoreDisk(FRESH);
    disk.store().update(state -> state.good(Slot.A));
    assertThat(disk.writes()).isEmpty();
  }

  @Test
  void aDamagedBlockIsMadeAnewByTheNextUpdateEvenIfNothingChanges() throws Exception {
    for (long damaged : new long[] {StoreDisk.FIRST, StoreDisk.SECOND}) {
      var disk = new StoreDisk(FRESH);
      disk.overwrite(damaged, new byte[1024]);
      assertThat(disk.store().read()).isEqualTo(FRESH);
      disk.store().update(state -> state);
      assertThat(disk.store().read()).isEqualTo(FRESH);
      disk.overwrite(
          damaged == StoreDisk.FIRST ? StoreDisk.SECOND : StoreDisk.FIRST, new byte[1024]);
      assertThat(disk.store().read()).isEqualTo(FRESH);
    }
  }

  @Test
  void aStoreThatIsLostSaysWhyAndCanBeMadeAnew() throws Exception {
    var disk = new StoreDisk(FRESH);
    disk.overwrite(StoreDisk.FIRST, new byte[1024]);
    byte[] torn = BootStore.fresh(FRESH).get(1).bytes();
    torn[35] = '2'; // the digit of STORE_SEQ
    disk.overwrite(StoreDisk.SECOND, torn);
    assertThatThrownBy(() -> disk.store().update(state -> state))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("neither block can be trusted: block 1: byte 0: signature")
        .hasMessageContaining("block 2: found STORE_SEQ=2 and STORE_END=0")
        .hasMessageEndingWith("\"slipway-boot repair\" on the machine makes them anew");
    assertThat(disk.store().readOr(FRESH)).isEqualTo(FRESH);
    disk.store().reset(FRESH);
    assertThat(disk.store().read()).isEqualTo(FRESH);
    assertThat(disk.store().update(state -> state.bad(Slot.A)).lastGood()).isEmpty();
  }

  @Test
  void aChangedByteIsNoticedByItsDigest() {
    byte[] block = BootStore.fresh(FRESH).get(0).bytes();
    int at = new String(block, StandardCharsets.US_ASCII).indexOf("B_OK=0") + 5;
    block[at] = '1';
    assertThatThrownBy(() -> StoreBlock.read("block", block))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("block: STORE_SUM: found ");
  }

  @Test
  void aDiskThatDoesNotKeepAWriteIsNoticed() {
    var disk = new StoreDisk(FRESH).dropping();
    assertThatThrownBy(() -> disk.store().update(state -> state.primary(Slot.B)))
        .hasMessage(
            "boot store: block 2 at byte 8192 does not keep what is written to it; the other block still counts");
  }

  @Test
  void twoBlocksWithOneNumberAreReadAsGrubReadsThem() throws Exception {
    var disk = new StoreDisk(FRESH);
    disk.overwrite(StoreDisk.SECOND, new StoreBlock(1, FRESH.bad(Slot.A)).environment().bytes());
    assertThat(disk.store().read()).isEqualTo(FRESH);
  }

  @Test
  void statesFollowALifeOfUpdates() {
    BootState state = FRESH.installing(Slot.B);
    assertThat(state.next()).contains(Slot.A);
    state = state.primary(Slot.B);
    assertThat(state.next()).contains(Slot.B);
    assertThat(state.lastGood()).contains(Slot.A);
    state = state.good(Slot.B);
    assertThat(state.lastGood()).contains(Slot.B);
    state = state.installing(Slot.A);
    assertThat(state.order()).containsExactly(Slot.B, Slot.A);
    assertThat(state.slot(Slot.A).startable()).isFalse();
    assertThat(state.bad(Slot.B).next()).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsReadAsGrubReadsIt() {
    GrubEnvironment block =
        GrubEnvironment.empty().with("ORDER", "B x A B").with("B_OK", "yes").with("A_TRY", "7");
    BootState state = BootState.of(block);
    assertThat(state.order()).containsExactly(Slot.B, Slot.A);
    assertThat(state.slot(Slot.B).ok()).isFalse();
    assertThat(state.slot(Slot.A)).isEqualTo(new SlotState(true, 3));
    assertThat(state.next()).isEmpty();
  }

  @Test
  void refusesPlacesThatAreNoSectors() {
    assertThatThrownBy(() -> BootStore.at(null, null, new long[] {0, 700}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a block starts at a sector, not at byte 700");
  }
}
