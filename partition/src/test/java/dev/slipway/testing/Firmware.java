// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a virtual machine starts with. */
public enum Firmware {
  /** SeaBIOS on the older machine type. */
  BIOS(List.of("-machine", "pc")),

  /** OVMF on the newer machine type, Secure Boot off. */
  UEFI(List.of("-machine", "q35")),

  /** OVMF with Microsoft's keys enrolled: it starts only what they have signed. */
  SECURE_BOOT(
      List.of("-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"));

  private static final String OVMF = "/usr/share/OVMF/";

  private final List<String> machine;

  Firmware(List<String> machine) {
    this.machine = machine;
  }

  /** QEMU's arguments; the firmware's own memory is a file in the directory, made when missing. */
  List<String> arguments(Path directory) throws IOException {
    if (this == BIOS) {
      return machine;
    }
    String kind = this == SECURE_BOOT ? "4M.ms.fd" : "4M.fd";
    Path variables = directory.resolve("variables-" + kind);
    if (!Files.exists(variables)) {
      Files.copy(Path.of(OVMF + "OVMF_VARS_" + kind), variables);
    }
    var all = new java.util.ArrayList<>(machine);
    all.addAll(
        List.of(
            "-drive",
            "if=pflash,format=raw,readonly=on,file=" + OVMF + "OVMF_CODE_" + kind,
            "-drive",
            "if=pflash,format=raw,file=" + variables));
    return all;
  }
}
