// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A virtual PC for an image, as a QEMU command line. */
record QemuMachine(
    Path image,
    Firmware firmware,
    int memoryMib,
    boolean kvm,
    boolean persist,
    Integer sshPort,
    String serial) {
  /** The file with the firmware's variables, in the directory of one run. */
  static final String VARIABLES = "variables.fd";

  private static final Path OVMF = Path.of("/usr/share/OVMF");

  /** How the machine starts. */
  enum Firmware {
    BIOS,
    UEFI,
    SECURE_BOOT
  }

  /**
   * @param work where files that live as long as the machine may be written
   */
  List<String> commandLine(Path work) throws IOException {
    var command =
        new ArrayList<String>(
            List.of("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none"));
    boolean secure = firmware == Firmware.SECURE_BOOT;
    add(command, "-machine", firmware == Firmware.BIOS ? "pc" : secure ? "q35,smm=on" : "q35");
    add(command, "-accel", kvm ? "kvm" : "tcg", "-cpu", "max");
    add(command, "-m", Integer.toString(memoryMib));
    if (firmware != Firmware.BIOS) {
      Path code = OVMF.resolve(secure ? "OVMF_CODE_4M.ms.fd" : "OVMF_CODE_4M.fd");
      Path variables = OVMF.resolve(secure ? "OVMF_VARS_4M.ms.fd" : "OVMF_VARS_4M.fd");
      if (!Files.isReadable(code)) {
        throw new IOException(code + " is missing: install the package ovmf");
      }
      Files.copy(variables, work.resolve(VARIABLES));
      add(command, "-drive", "if=pflash,format=raw,readonly=on,file=" + code);
      add(command, "-drive", "if=pflash,format=raw,file=" + escaped(work.resolve(VARIABLES)));
      if (secure) {
        add(command, "-global", "driver=cfi.pflash01,property=secure,value=on");
      }
    }
    add(
        command,
        "-drive",
        "id=disk,if=none,format=raw,file=" + escaped(image) + (persist ? "" : ",snapshot=on"));
    add(command, "-device", "virtio-blk-pci,drive=disk,bootindex=1", "-device", "virtio-rng-pci");
    add(
        command,
        "-netdev",
        "user,id=net" + (sshPort == null ? "" : ",hostfwd=tcp:127.0.0.1:" + sshPort + "-:22"));
    add(command, "-device", "virtio-net-pci,netdev=net");
    add(command, "-device", "i6300esb", "-watchdog-action", "reset");
    if (serial != null) {
      add(command, "-smbios", "type=1,serial=" + serial.replace(",", ",,"));
    }
    add(command, "-serial", "mon:stdio");
    return command;
  }

  private static String escaped(Path path) {
    return path.toString().replace(",", ",,");
  }

  private static void add(List<String> command, String... words) {
    command.addAll(List.of(words));
  }
}
