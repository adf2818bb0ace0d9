// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootState.SlotState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.Slot;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell's boot store beside Java's: the same bytes after the same changes. */
@RequiresTool(value = "busybox", in = "busybox-static")
@RequiresTool(value = "dash", in = "dash")
@RequiresTool(value = "flock", in = "util-linux")
class SlipwayBootTest {
  private static final BootState FRESH =
      new BootState(
          List.of(Slot.A, Slot.B),
          Map.of(Slot.A, new SlotState(true, 0), Slot.B, new SlotState(false, 0)),
          Optional.of(Slot.A),
          0);

  private record Change(String words, UnaryOperator<BootState> java) {}

  private static final List<Change> CHANGES =
      List.of(
          new Change("set-state B bad", state -> state.bad(Slot.B)),
          new Change("set-primary B", state -> state.primary(Slot.B)),
          new Change("mark good B", state -> state.good(Slot.B)),
          new Change("set-state A bad", state -> state.bad(Slot.A)),
          new Change("set-primary A", state -> state.primary(Slot.A)),
          new Change("mark good", state -> state.good(Slot.A)),
          new Change("mark bad B", state -> state.bad(Slot.B)),
          new Change("set-primary A", state -> state.primary(Slot.A)));

  /** Java's store, with the two blocks one behind the other in a file. */
  private static BootState java(Path file, List<byte[]> blocks, UnaryOperator<BootState> change)
      throws IOException {
    var both = new ByteArrayOutputStream();
    blocks.forEach(both::writeBytes);
    Files.write(file, both.toByteArray());
    try (BlockSource source = BlockSource.file(file);
        BlockSink sink = BlockSink.openFile(file)) {
      return BootStore.at(source, sink, new long[] {0, 1024}).update(change);
    }
  }

  private static BootState read(Path root, DeviceScripts device) throws IOException {
    return java(root.resolve("read.img"), device.blocks(), state -> state);
  }

  private static void ok(Tool.Result result) {
    assertThat(result.status()).as(result.output()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh"})
  void writesTheBytesThatJavaWrites(String shell, @TempDir Path root) throws Exception {
    var device = new DeviceScripts(root, shell);
    device.store(FRESH);
    Path file = root.resolve("java.img");
    for (Change change : CHANGES) {
      java(file, device.blocks(), change.java());
      ok(device.run(("slipway-boot " + change.words()).split(" ")));
      var both = new ByteArrayOutputStream();
      device.blocks().forEach(both::writeBytes);
      assertThat(both.toByteArray()).as(change.words()).isEqualTo(Files.readAllBytes(file));
    }
  }

  @Test
  void answersWhatRaucAsks(@TempDir Path root) throws Exception {
    var device = new DeviceScripts(root, "dash");
    device.store(FRESH);
    assertThat(device.run("slipway-boot", "get-primary").output()).isEqualTo("A\n");
    assertThat(device.run("slipway-boot", "get-current").output()).isEqualTo("A\n");
    assertThat(device.run("slipway-boot", "get-state", "A").output()).isEqualTo("good\n");
    assertThat(device.run("slipway-boot", "get-state", "B").output()).isEqualTo("bad\n");
    ok(device.run("slipway-boot", "set-primary", "B"));
    assertThat(device.run("slipway-boot", "get-primary").output()).isEqualTo("B\n");
    assertThat(device.run("slipway-boot", "get-state", "C").output())
        .isEqualTo("slipway-boot: there is no slot \"C\" here, only A B\n");
    assertThat(device.run("slipway-boot", "set-state", "B", "well").status()).isEqualTo(2);
  }

  @Test
  void confirmingAfterAFallBackCondemnsTheSlotThatFailed(@TempDir Path root) throws Exception {
    var device = new DeviceScripts(root, "dash");
    var slots = Map.of(Slot.A, new SlotState(true, 1), Slot.B, new SlotState(true, 3));
    device.store(new BootState(List.of(Slot.B, Slot.A), slots, Optional.of(Slot.A), 4));
    Tool.Result result = device.run("slipway-boot", "confirm");
    assertThat(result.output())
        .isEqualTo("slot B was started 3 times and never confirmed; slot A runs in its place\n");
    BootState state = read(root, device);
    assertThat(state.order()).containsExactly(Slot.A, Slot.B);
    assertThat(state.slot(Slot.A)).isEqualTo(new SlotState(true, 0));
    assertThat(state.slot(Slot.B).ok()).isFalse();
    assertThat(root.resolve("var/lib/slipway/fell-back")).hasContent("slot=B tries=3");
  }

  @Test
  void confirmingBeforeTheRestartLeavesAnInstalledSlotFirst(@TempDir Path root) throws Exception {
    var device = new DeviceScripts(root, "dash");
    device.store(FRESH.primary(Slot.B));
    ok(device.run("slipway-boot", "confirm"));
    assertThat(read(root, device)).isEqualTo(FRESH.primary(Slot.B));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh"})
  void aTornBlockIsPassedOverAndRepaired(String shell, @TempDir Path root) throws Exception {
    var device = new DeviceScripts(root, shell);
    for (int damaged = 0; damaged < 2; damaged++) {
      for (int cut = 0; cut < 200; cut += 13) {
        device.store(FRESH);
        byte[] whole = device.blocks().get(damaged);
        byte[] torn = whole.clone();
        Arrays.fill(torn, cut, 512, (byte) 0);
        Files.write(device.block(damaged), torn);
        ok(device.run("slipway-boot", "confirm"));
        assertThat(read(root, device)).isEqualTo(FRESH);
        assertThat(device.run("slipway-boot", "status").output()).endsWith("DAMAGED=no\n");
      }
    }
  }

  @Test
  void aLostStoreIsMadeAnewForTheRunningSlotAlone(@TempDir Path root) throws Exception {
    var device = new DeviceScripts(root, "dash");
    device.store(FRESH);
    device.runs("B");
    Files.write(device.block(0), new byte[1024]);
    Files.write(device.block(1), new byte[0]);
    assertThat(device.run("slipway-boot", "status").output())
        .contains("neither /EFI/debian/grubenv.1 nor /EFI/debian/grubenv.2 can be trusted");
    ok(device.run("slipway-boot", "confirm"));
    BootState state = read(root, device);
    assertThat(state.next()).contains(Slot.B);
    assertThat(state.lastGood()).contains(Slot.B);
    assertThat(state.slot(Slot.A).ok()).isFalse();
  }

  @Test
  void aLostStoreIsMadeAnewForASlotThatRecoveryNames(@TempDir Path root) throws Exception {
    var device = new DeviceScripts(root, "busybox sh");
    device.store(FRESH);
    device.runs("");
    assertThat(device.run("slipway-boot", "repair", "A").status()).isZero();
    assertThat(read(root, device)).isEqualTo(FRESH);
    Files.write(device.block(0), new byte[1024]);
    Files.write(device.block(1), new byte[1024]);
    assertThat(device.run("slipway-boot", "repair").output()).contains("no slot is running");
    assertThat(device.run("slipway-boot", "repair", "C").status()).isEqualTo(1);
    ok(device.run("slipway-boot", "repair", "B"));
    BootState state = read(root, device);
    assertThat(state.next()).contains(Slot.B);
    assertThat(state.slot(Slot.A).ok()).isFalse();
  }

  @Test
  @RequiresTool(value = "shellcheck", in = "shellcheck")
  void shellcheckHasNothingToSay(@TempDir Path directory) throws Exception {
    var scripts =
        List.of(
            BootStore.class.getResource("slipway-boot"),
            Health.class.getResource("slipway-health"),
            Health.class.getResource("write-resolv-conf"));
    for (URL script : scripts) {
      Path copy = directory.resolve("script");
      try (InputStream in = script.openStream()) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      assertThat(Tool.output("shellcheck", copy.toString())).isEmpty();
    }
  }
}
