// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A kind of machine, with the names everybody has for it. Nothing outside this table knows an
 * architecture.
 *
 * @param name Debian's name
 * @param javaNames what Java's {@code os.arch} says on it
 * @param alsoRuns other architectures whose programs its kernel runs
 * @param qemu what QEMU's user emulation calls it
 * @param libraryLinks directories of the root, beside {@code lib}, whose place is below {@code
 *     /usr}: those the ABI names for other word sizes
 * @param efiSuffix how UEFI names its programs: {@code x64} as in {@code shimx64.efi}
 * @param grubEfiTarget GRUB's name for UEFI on it, a directory below {@code /usr/lib/grub}
 * @param grubBiosTarget GRUB's name for a PC BIOS; empty where there is none
 */
public record Architecture(
    String name,
    Set<String> javaNames,
    Set<String> alsoRuns,
    String qemu,
    List<String> libraryLinks,
    String efiSuffix,
    String grubEfiTarget,
    Optional<String> grubBiosTarget) {

  private static final List<Architecture> ALL =
      List.of(
          new Architecture(
              "amd64",
              Set.of("amd64", "x86_64"),
              Set.of("i386"),
              "x86_64",
              List.of("lib64"),
              "x64",
              "x86_64-efi",
              Optional.of("i386-pc")),
          new Architecture(
              "arm64",
              Set.of("aarch64"),
              Set.of(),
              "aarch64",
              List.of(),
              "aa64",
              "arm64-efi",
              Optional.empty()));

  public Architecture {
    javaNames = Set.copyOf(javaNames);
    alsoRuns = Set.copyOf(alsoRuns);
    libraryLinks = List.copyOf(libraryLinks);
  }

  /**
   * Finds an architecture by Debian's name.
   *
   * @throws IllegalArgumentException listing those there are
   */
  public static Architecture of(String name) {
    return find(name)
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

  /** As {@link #of}; empty for one that is not in the table. */
  public static Optional<Architecture> find(String name) {
    return ALL.stream().filter(architecture -> architecture.name.equals(name)).findFirst();
  }

  /** The architecture of the machine this runs on; empty for one that is not in the table. */
  public static Optional<Architecture> ofHost() {
    String host = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return ALL.stream().filter(architecture -> architecture.javaNames.contains(host)).findFirst();
  }

  /** Whether this machine runs programs of an architecture without emulation. */
  public boolean runs(String other) {
    return name.equals(other) || alsoRuns.contains(other);
  }

  @Override
  public String toString() {
    return name;
  }
}
