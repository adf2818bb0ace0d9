// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.examples.cli.QemuMachine.Firmware;
import dev.slipway.testing.RequiresTool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machines that {@code slipway boot} starts, as QEMU is told of them. */
class QemuMachineTest {
  private static final String FIRMWARE = "/usr/share/OVMF/";

  @TempDir Path work;

  private static QemuMachine machine(Firmware firmware) {
    return new QemuMachine(Path.of("robot.img"), firmware, 1024, false, false, null, null);
  }

  @Test
  void aPcWithABiosGetsASnapshotOfTheDiskAndItsConsole() throws IOException {
    List<String> command = machine(Firmware.BIOS).commandLine(work);
    assertThat(command)
        .startsWith("qemu-system-x86_64")
        .containsSequence("-machine", "pc")
        .containsSequence("-accel", "tcg")
        .containsSequence("-m", "1024")
        .containsSequence(
            "-drive", "id=disk,if=none,format=raw,file=robot.img,snapshot=on", "-device")
        .contains("virtio-blk-pci,drive=disk,bootindex=1")
        .containsSequence("-netdev", "user,id=net")
        .containsSequence("-watchdog-action", "reset")
        .doesNotContain("-smbios")
        .endsWith("-serial", "mon:stdio")
        .noneMatch(word -> word.contains("pflash"));
    assertThat(work).isEmptyDirectory();
  }

  @Test
  @RequiresTool(value = FIRMWARE + "OVMF_CODE_4M.fd", in = "ovmf")
  void uefiHasAMemoryOfItsOwnInEveryRun() throws IOException {
    List<String> command = machine(Firmware.UEFI).commandLine(work);
    Path variables = work.resolve(QemuMachine.VARIABLES);
    assertThat(command)
        .containsSequence("-machine", "q35")
        .containsSubsequence(
            "if=pflash,format=raw,readonly=on,file=" + FIRMWARE + "OVMF_CODE_4M.fd",
            "if=pflash,format=raw,file=" + variables)
        .noneMatch(word -> word.contains("secure"));
    assertThat(variables).hasSameBinaryContentAs(Path.of(FIRMWARE + "OVMF_VARS_4M.fd"));
  }

  @Test
  @RequiresTool(value = FIRMWARE + "OVMF_CODE_4M.ms.fd", in = "ovmf")
  void secureBootIsEnforcedWithTheKeysOfRealMachines() throws IOException {
    List<String> command = machine(Firmware.SECURE_BOOT).commandLine(work);
    Path variables = work.resolve(QemuMachine.VARIABLES);
    assertThat(command)
        .containsSequence("-machine", "q35,smm=on")
        .containsSequence("-global", "driver=cfi.pflash01,property=secure,value=on")
        .containsSubsequence(
            "if=pflash,format=raw,readonly=on,file=" + FIRMWARE + "OVMF_CODE_4M.ms.fd",
            "if=pflash,format=raw,file=" + variables);
    assertThat(variables).hasSameBinaryContentAs(Path.of(FIRMWARE + "OVMF_VARS_4M.ms.fd"));
  }

  @Test
  void optionsReachTheMachine() throws IOException {
    Path image = Path.of("odd,name.img");
    var machine = new QemuMachine(image, Firmware.BIOS, 512, true, true, 2222, "SN,7");
    assertThat(machine.commandLine(work))
        .containsSequence("-accel", "kvm")
        .containsSequence("-m", "512")
        .containsSequence("-drive", "id=disk,if=none,format=raw,file=odd,,name.img")
        .containsSequence("-netdev", "user,id=net,hostfwd=tcp:127.0.0.1:2222-:22")
        .containsSequence("-smbios", "type=1,serial=SN,,7")
        .noneMatch(word -> word.contains("snapshot"));
  }
}
