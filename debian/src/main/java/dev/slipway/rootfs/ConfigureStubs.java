// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

/**
 * Programs that do nothing while packages are configured, each with the reason. They lie over the
 * real ones and are gone afterwards.
 */
final class ConfigureStubs {
  private static final String NOTHING = "#!/bin/sh\nexit 0\n";

  private ConfigureStubs() {}

  static SandboxSettings add(SandboxSettings settings, boolean initramfsTools) {
    SandboxSettings stubbed =
        settings
            // No service may start: 101 is "forbidden by policy", see invoke-rc.d(8).
            .withStub("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")
            // Host keys are made on each machine at its first boot.
            .withStub("usr/bin/ssh-keygen", NOTHING)
            // The index of manual pages lies in /var/cache; man-db makes it again, every day.
            .withStub("usr/bin/mandb", NOTHING);
    // Two runs of it take longer than everything else together, and the image has an initramfs of
    // its own.
    return initramfsTools ? stubbed : stubbed.withStub("usr/sbin/update-initramfs", NOTHING);
  }
}
