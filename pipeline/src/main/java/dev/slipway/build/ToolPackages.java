// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.Platform;
import dev.slipway.boot.RecoveryBurn;
import dev.slipway.spec.DiskSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The packages a build takes boot loaders and programs from, without installing them. They are
 * resolved and locked like those of the image.
 */
final class ToolPackages {
  /** Programs of the initramfs: checking and growing the data partition. */
  private static final List<String> PROGRAMS = List.of("e2fsprogs", "fdisk");

  private ToolPackages() {}

  static List<String> of(Platform platform, DiskSettings disk) {
    var names = new ArrayList<String>();
    platform.grubBiosPackage().ifPresent(names::add);
    names.add(platform.grubEfiPackage());
    names.add(platform.shimPackage());
    names.add(platform.busyboxPackage());
    names.addAll(PROGRAMS);
    if (disk.recovery().isPresent()) {
      names.add(RecoveryBurn.OPENSSL);
      names.add(RecoveryBurn.DMSETUP);
    }
    return names;
  }
}
