// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A kind of machine, with the names everybody has for it. Nothing outside this table knows an
 * architecture.
 *
 * @param name Debian's name
 * @param tuple the directory of its libraries below {@code /usr/lib}, which is also the GNU triplet
 *     of its compiler
 * @param machine what {@code uname -m} says
 * @param elfMachine {@code e_machine} of its programs
 * @param qemu the end of QEMU's program name for it
 * @param efiSuffix how UEFI names its programs: {@code x64} as in {@code shimx64.efi}
 * @param grubEfiTarget GRUB's name for UEFI on it, a directory below {@code /usr/lib/grub}
 * @param grubBiosTarget GRUB's name for a PC BIOS; empty where there is none
 * @param serialConsole the kernel's device of the first serial port
 */
public record Architecture(
    String name,
    String tuple,
    String machine,
    int elfMachine,
    String qemu,
    String efiSuffix,
    String grubEfiTarget,
    Optional<String> grubBiosTarget,
    String serialConsole) {

  private static final List<Architecture> ALL =
      List.of(
          new Architecture(
              "amd64",
              "x86_64-linux-gnu",
              "x86_64",
              62,
              "x86_64",
              "x64",
              "x86_64-efi",
              Optional.of("i386-pc"),
              "ttyS0"),
          new Architecture(
              "arm64",
              "aarch64-linux-gnu",
              "aarch64",
              183,
              "aarch64",
              "aa64",
              "arm64-efi",
              Optional.empty(),
              "ttyAMA0"));

  /**
   * Finds an architecture by Debian's name.
   *
   * @throws IllegalArgumentException listing those there are
   */
  public static Architecture of(String name) {
    return ALL.stream()
        .filter(architecture -> architecture.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + name
                        + "\" is not an architecture we know; write one of "
                        + ALL.stream().map(Architecture::name).collect(Collectors.joining(", "))));
  }

  /** All that are known. */
  public static List<Architecture> all() {
    return ALL;
  }

  /** The program that UEFI starts from a disk without an entry for it: {@code BOOTX64.EFI}. */
  public String efiDefaultProgram() {
    return "BOOT" + efiSuffix.toUpperCase(java.util.Locale.ROOT) + ".EFI";
  }

  /** Whether machines of this kind may start from a PC BIOS. */
  public boolean hasBios() {
    return grubBiosTarget.isPresent();
  }

  @Override
  public String toString() {
    return name;
  }
}
