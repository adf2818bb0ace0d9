// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A family of releases with its habits. Nothing outside this table knows a distribution.
 *
 * <p>In names, {@code {arch}}, {@code {efi}} and {@code {grub}} stand for the architecture's name,
 * its UEFI suffix and GRUB's name for UEFI on it.
 *
 * @param name as {@code ID} in {@code /etc/os-release} says it
 * @param suites the releases whose distribution is known from their name alone; others are as good,
 *     when the distribution is named
 * @param components where packages are looked for when nobody says otherwise
 * @param companionSuites further suites of a release, {@code {suite}} being its name
 * @param keyringPackage the package that holds the keys of its archive
 * @param keyringFiles where a host keeps these keys, first found first taken
 * @param kernelPackage its kernel for real machines
 * @param cloudKernelPackage its kernel for virtual machines
 * @param efiDirectory the directory below {@code /EFI} that its signed boot loader reads its
 *     configuration from
 * @param shimPackage holds the first boot loader, signed for Secure Boot
 * @param shimPaths where in that package it lies; the first that is there
 * @param grubEfiPackage holds the second boot loader, signed by the distribution
 * @param grubEfiPaths where in that package it lies; the first that is there
 * @param grubBiosPackage holds GRUB's modules for a PC BIOS
 * @param busyboxPackage holds a busybox that needs no libraries
 */
public record Distribution(
    String name,
    List<String> suites,
    List<String> components,
    List<String> companionSuites,
    String keyringPackage,
    List<String> keyringFiles,
    String kernelPackage,
    String cloudKernelPackage,
    String efiDirectory,
    String shimPackage,
    List<String> shimPaths,
    String grubEfiPackage,
    List<String> grubEfiPaths,
    String grubBiosPackage,
    String busyboxPackage) {

  private static final List<Distribution> ALL =
      List.of(
          new Distribution(
              "debian",
              List.of(
                  "bullseye",
                  "bookworm",
                  "trixie",
                  "forky",
                  "duke",
                  "sid",
                  "oldstable",
                  "stable",
                  "testing",
                  "unstable"),
              List.of("main"),
              List.of("{suite}-updates", "{suite}-security"),
              "debian-archive-keyring",
              List.of(
                  "/usr/share/keyrings/debian-archive-keyring.pgp",
                  "/usr/share/keyrings/debian-archive-keyring.gpg"),
              "linux-image-{arch}",
              "linux-image-cloud-{arch}",
              "debian",
              "shim-signed",
              List.of("/usr/lib/shim/shim{efi}.efi.signed"),
              "grub-efi-{arch}-signed",
              List.of("/usr/lib/grub/{grub}-signed/grub{efi}.efi.signed"),
              "grub-pc-bin",
              "busybox-static"),
          new Distribution(
              "ubuntu",
              List.of("focal", "jammy", "noble", "oracular", "plucky", "questing"),
              List.of("main", "universe"),
              List.of("{suite}-updates", "{suite}-security"),
              "ubuntu-keyring",
              List.of(
                  "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
                  "/etc/apt/trusted.gpg.d/ubuntu-keyring-2018-archive.gpg"),
              "linux-image-generic",
              "linux-image-virtual",
              "ubuntu",
              "shim-signed",
              List.of(
                  "/usr/lib/shim/shim{efi}.efi.signed.latest",
                  "/usr/lib/shim/shim{efi}.efi.signed",
                  "/usr/lib/shim/shim{efi}.efi.dualsigned"),
              "grub-efi-{arch}-signed",
              List.of("/usr/lib/grub/{grub}-signed/grub{efi}.efi.signed"),
              "grub-pc-bin",
              "busybox-static"));

  /**
   * Finds a distribution by its name.
   *
   * @throws IllegalArgumentException listing those there are
   */
  public static Distribution of(String name) {
    return ALL.stream()
        .filter(distribution -> distribution.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + name
                        + "\" is not a distribution we know; write one of "
                        + ALL.stream().map(Distribution::name).collect(Collectors.joining(", "))));
  }

  /** The distribution of a suite, told by the suite's name; empty for one that no table has. */
  public static Optional<Distribution> ofSuite(String suite) {
    return ALL.stream().filter(distribution -> distribution.suites.contains(suite)).findFirst();
  }

  /** Every suite that some table has. */
  public static List<String> allSuites() {
    return ALL.stream().flatMap(distribution -> distribution.suites.stream()).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
