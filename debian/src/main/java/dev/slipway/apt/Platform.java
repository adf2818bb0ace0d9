// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.util.List;
import java.util.Optional;

/**
 * What an image is made for: a release of a distribution on an architecture. All that depends on
 * these is asked here.
 *
 * <pre>{@code
 * Platform platform = Platform.of("bookworm", "amd64");
 * platform.kernelPackage();      // linux-image-amd64
 * platform.efiDirectory();       // debian
 * }</pre>
 */
public record Platform(Distribution distribution, String suite, Architecture architecture) {
  public Platform {
    if (suite.isEmpty() || suite.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("\"" + suite + "\" is not a suite's name");
    }
  }

  /**
   * A platform whose distribution follows from the suite's name.
   *
   * @throws IllegalArgumentException when no table has the suite: then name the distribution too
   */
  public static Platform of(String suite, String architecture) {
    Distribution distribution =
        Distribution.ofSuite(suite)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no known distribution has a suite \""
                            + suite
                            + "\"; name the distribution beside it"));
    return new Platform(distribution, suite, Architecture.of(architecture));
  }

  /** A platform of any suite, known or not. */
  public static Platform of(String distribution, String suite, String architecture) {
    return new Platform(Distribution.of(distribution), suite, Architecture.of(architecture));
  }

  /** The kernel for real machines. */
  public String kernelPackage() {
    return filled(distribution.kernelPackage());
  }

  /** The kernel for virtual machines. */
  public String cloudKernelPackage() {
    return filled(distribution.cloudKernelPackage());
  }

  /** The directory below {@code /EFI} that the signed boot loader reads its configuration from. */
  public String efiDirectory() {
    return distribution.efiDirectory();
  }

  /** The package with the boot loader signed for Secure Boot. */
  public String shimPackage() {
    return filled(distribution.shimPackage());
  }

  /** Where that boot loader may lie, in the order to look. */
  public List<String> shimPaths() {
    return filled(distribution.shimPaths());
  }

  /** The package with the distribution's signed GRUB. */
  public String grubEfiPackage() {
    return filled(distribution.grubEfiPackage());
  }

  /** Where that GRUB may lie, in the order to look. */
  public List<String> grubEfiPaths() {
    return filled(distribution.grubEfiPaths());
  }

  /** The package with GRUB's modules for a PC BIOS; empty where there is no BIOS. */
  public Optional<String> grubBiosPackage() {
    return architecture.grubBiosTarget().map(target -> filled(distribution.grubBiosPackage()));
  }

  /** The directory of these modules; empty where there is no BIOS. */
  public Optional<String> grubBiosDirectory() {
    return architecture.grubBiosTarget().map(target -> "/usr/lib/grub/" + target);
  }

  /** The package with a busybox that needs no libraries. */
  public String busyboxPackage() {
    return distribution.busyboxPackage();
  }

  /** Further suites that belong to this release: updates and security fixes. */
  public List<String> companionSuites() {
    return distribution.companionSuites().stream()
        .map(name -> name.replace("{suite}", suite))
        .toList();
  }

  private List<String> filled(List<String> names) {
    return names.stream().map(this::filled).toList();
  }

  private String filled(String name) {
    return name.replace("{arch}", architecture.name())
        .replace("{efi}", architecture.efiSuffix())
        .replace("{grub}", architecture.grubEfiTarget());
  }

  /** {@code debian bookworm amd64}. */
  @Override
  public String toString() {
    return distribution + " " + suite + " " + architecture;
  }
}
