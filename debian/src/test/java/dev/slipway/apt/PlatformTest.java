// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlatformTest {
  @Test
  void knowsDebianOnAPc() {
    Platform platform = Platform.of("bookworm", "amd64");
    assertThat(platform).hasToString("debian bookworm amd64");
    assertThat(platform.kernelPackage()).isEqualTo("linux-image-amd64");
    assertThat(platform.cloudKernelPackage()).isEqualTo("linux-image-cloud-amd64");
    assertThat(platform.grubEfiPackage()).isEqualTo("grub-efi-amd64-signed");
    assertThat(platform.grubEfiPaths())
        .containsExactly("/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed");
    assertThat(platform.shimPaths()).containsExactly("/usr/lib/shim/shimx64.efi.signed");
    assertThat(platform.grubBiosPackage()).contains("grub-pc-bin");
    assertThat(platform.grubBiosDirectory()).contains("/usr/lib/grub/i386-pc");
    assertThat(platform.efiDirectory()).isEqualTo("debian");
    assertThat(platform.architecture().runs("i386")).isTrue();
    assertThat(platform.companionSuites()).containsExactly("bookworm-updates", "bookworm-security");
  }

  @Test
  void knowsUbuntuOnArm() {
    Platform platform = Platform.of("noble", "arm64");
    assertThat(platform).hasToString("ubuntu noble arm64");
    assertThat(platform.kernelPackage()).isEqualTo("linux-image-generic");
    assertThat(platform.grubBiosPackage()).isEmpty();
    assertThat(platform.grubBiosDirectory()).isEmpty();
    assertThat(platform.architecture().runs("amd64")).isFalse();
    assertThat(platform.efiDirectory()).isEqualTo("ubuntu");
    assertThat(platform.shimPaths()).first().isEqualTo("/usr/lib/shim/shimaa64.efi.signed.latest");
  }

  @Test
  void anUnknownSuiteIsAsGoodWhenTheDistributionIsNamed() {
    assertThat(Platform.of("debian", "bookworm-backports", "amd64").suite())
        .isEqualTo("bookworm-backports");
    assertThatThrownBy(() -> Platform.of("moonbase", "amd64"))
        .hasMessage(
            "no known distribution has a suite \"moonbase\"; name the distribution beside it");
  }

  @Test
  void saysWhatThereIs() {
    assertThatThrownBy(() -> Platform.of("bookworm", "vax"))
        .hasMessage("\"vax\" is not an architecture we know; write one of amd64, arm64");
    assertThatThrownBy(() -> Platform.of("slackware", "x", "amd64"))
        .hasMessage("\"slackware\" is not a distribution we know; write one of debian, ubuntu");
    assertThatThrownBy(() -> Platform.of("debian", "book worm", "amd64"))
        .hasMessage("\"book worm\" is not a suite's name");
  }
}
