// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.boot.TinyKernel;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.PowerCuts;
import dev.slipway.testing.PowerCuts.Cut;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real GRUB on disks as a power cut left them in the middle of a real update: a sample of what
 * {@link PowerCutTest} gives to the model. What it starts, and what it writes before, is what the
 * model says; the kernel that then runs tells its release.
 */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/share/OVMF/OVMF_CODE_4M.fd", in = "ovmf")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
class GrubPowerCutTest {
  private static final long SEED = 5;

  @TempDir Path temp;
  private final Map<String, Integer> started = new TreeMap<>();
  private RecordedUpdate update;
  private Firmware firmware;

  @ParameterizedTest
  @CsvSource({"BIOS, BIOS, 20, 100", "EFI, UEFI, 3, 20"})
  void startsWhatTheModelSays(LoaderKind kind, Firmware with, int few, int many) throws Exception {
    firmware = with;
    UpdatedMachine machine = StartableMachine.updated();
    update = new RecordedUpdate(machine, kind);
    update.live(SampleMachine.write(machine.recipe(), temp, "1.1"), temp.resolve("state"));
    List<Cut> all = all();
    Set<Integer> sample = sample(all, Boolean.getBoolean("slipway.long") ? many : few);
    PowerCuts cuts = update.cuts(this::start).only(cut -> sample.contains(cut.number()));
    assertThat(cuts.replay(update.events())).isEqualTo(sample.size());
    System.out.printf(
        "%s: real GRUB on %d of %d cuts: %s; started %s%n",
        firmware, sample.size(), all.size(), cuts.counts(), started);
    assertThat(started).as("slot and boot loader").hasSizeGreaterThan(1);
  }

  private List<Cut> all() throws Exception {
    var all = new ArrayList<Cut>();
    update
        .cuts(update::check)
        .only(
            cut -> {
              all.add(cut);
              return false;
            })
        .replay(update.events());
    return all;
  }

  /**
   * One after the other from each kind of cut in each window between two flushes, in an order made
   * up by a seed: most of all cuts are of the long writes, in which GRUB has nothing to choose.
   */
  private static Set<Integer> sample(List<Cut> all, int count) {
    var groups = new TreeMap<String, List<Integer>>();
    for (Cut cut : all) {
      groups
          .computeIfAbsent(cut.window() + " " + cut.kind(), k -> new ArrayList<>())
          .add(cut.number());
    }
    var random = new Random(SEED);
    var order = new ArrayList<>(groups.values());
    order.forEach(group -> Collections.shuffle(group, random));
    Collections.shuffle(order, random);
    var sample = new HashSet<Integer>();
    for (int round = 0; sample.size() < count; round++) {
      for (List<Integer> group : order) {
        if (round < group.size() && sample.size() < count) {
          sample.add(group.get(round));
        }
      }
    }
    return sample;
  }

  private void start(BlockSource disk, String what) throws Exception {
    RecordedUpdate.Outcome expected = update.check(disk, what);
    Path image = temp.resolve("disk.img");
    Files.deleteIfExists(image);
    try (BlockSink sink = BlockSink.createFile(image, disk.size())) {
      sink.write(0, disk.readFully(0, (int) disk.size()));
    }
    try (var machine =
        VirtualMachine.with(firmware)
            .disk(VirtualDisk.kept(image, Bus.SATA))
            .memoryMib(256)
            .argument(TinyKernel.OFF)
            .start(temp)) {
      String line = machine.waitFor("^RELEASE .*\\R");
      machine.waitForEnd();
      assertThat(line)
          .as(what)
          .startsWith("RELEASE " + (expected.slot().equals("A") ? "1.0" : "1.1") + " ")
          .contains(" slipway.slot=" + expected.slot() + " ")
          .contains(" slipway.loader=" + expected.loader() + " ");
    }
    started.merge(expected.slot() + " by " + expected.loader(), 1, Integer::sum);
    try (BlockSource left = BlockSource.file(image)) {
      assertThat(update.store(left)).as(what).isDeepEqualTo(expected.store());
    }
  }
}
