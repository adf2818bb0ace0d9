// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.boot.TinyKernel;
import dev.slipway.io.BlockSink;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An update brings a boot loader that does not work: the old one starts the machine again. */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/share/OVMF/OVMF_CODE_4M.fd", in = "ovmf")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
class BrokenLoaderTest {
  private static final String TRYING = "trying the boot loader at";
  private static final int SECTOR = 512;

  /** The processor's instruction to wait for an interrupt. */
  private static final byte HLT = (byte) 0xF4;

  @TempDir Path temp;

  @Test
  void aCoreImageThatHangsIsNotTriedAgain() throws Exception {
    UpdatedMachine machine = StartableMachine.updated();
    byte[] core = machine.cores().get(1).clone();
    Arrays.fill(core, SECTOR + 0x20, 2 * SECTOR, HLT);
    Path image = updated(machine.withCore(core));
    hangsAndIsReset(Firmware.BIOS, image, TRYING);
    requireStartedByTheOldOne(Firmware.BIOS, image, "bios.1");
  }

  @Test
  void aScriptThatHangsIsNotTriedAgain() throws Exception {
    byte[] script = "echo HANGING\nsleep 100000\n".getBytes(StandardCharsets.US_ASCII);
    Path image = updated(StartableMachine.updated().withProgram("grub.cfg", script));
    hangsAndIsReset(Firmware.UEFI, image, "HANGING");
    requireStartedByTheOldOne(Firmware.UEFI, image, "efi.1");
  }

  /** Shim comes back to the GRUB that started it, which goes on. */
  @Test
  void halfAProgramCostsNoSecondStart() throws Exception {
    UpdatedMachine machine = StartableMachine.updated();
    byte[] grub = machine.programs().get(1).get("grubx64.efi").readAll();
    Path image = updated(machine.withProgram("grubx64.efi", Arrays.copyOf(grub, grub.length / 2)));
    try (VirtualMachine started = start(Firmware.UEFI, image)) {
      started.waitFor(TRYING);
      started.waitFor("it does not start");
      requireRelease(started, "efi.1");
    }
    requireStartedByTheOldOne(Firmware.UEFI, image, "efi.1");
  }

  /** The disk after the update, before the first start. */
  private Path updated(UpdatedMachine machine) throws Exception {
    var disk = new RecordedDisk(machine.disk());
    Path bundle = SampleMachine.write(machine.recipe(), temp, "1.1");
    SampleMachine.install(disk.open(), bundle, SampleMachine.options(temp.resolve("state")));
    Path image = temp.resolve("disk.img");
    try (BlockSink sink = BlockSink.createFile(image, machine.disk().length)) {
      sink.write(0, disk.source().readFully(0, machine.disk().length));
    }
    return image;
  }

  private VirtualMachine start(Firmware firmware, Path image) throws IOException {
    return VirtualMachine.with(firmware)
        .disk(VirtualDisk.kept(image, Bus.SATA))
        .memoryMib(256)
        .argument(TinyKernel.OFF)
        .start(temp);
  }

  private void hangsAndIsReset(Firmware firmware, Path image, String last) throws Exception {
    String loader = firmware == Firmware.BIOS ? "bios.1" : "efi.1";
    try (VirtualMachine machine = start(firmware, image)) {
      machine.waitFor(last);
      machine.reset();
      requireRelease(machine, loader);
      assertThat(machine.console().split(TRYING, -1)).as("tries of the new loader").hasSize(2);
    }
  }

  private void requireStartedByTheOldOne(Firmware firmware, Path image, String loader)
      throws Exception {
    try (VirtualMachine machine = start(firmware, image)) {
      requireRelease(machine, loader);
      assertThat(machine.console()).doesNotContain(TRYING);
    }
  }

  /** The new release: it was written whole, and it is the boot loader alone that is bad. */
  private static void requireRelease(VirtualMachine machine, String loader) throws Exception {
    assertThat(machine.waitFor("^RELEASE .*\\R"))
        .startsWith("RELEASE 1.1 ")
        .contains(" slipway.loader=" + loader + " ");
    machine.waitForEnd();
  }
}
