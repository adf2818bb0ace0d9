// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.UUID;

/** Menus for tests: the EFI system partition is number 2, slots are 3 and 4, recovery is 6. */
public final class SampleMenus {
  private SampleMenus() {}

  static BootPartition partition(int number) {
    return new BootPartition(number, new UUID(0x1122334455667788L, number));
  }

  public static BootMenu ab() {
    return BootMenu.ab(partition(3), partition(4), partition(2)).withData(partition(5));
  }

  static BootMenu single() {
    return BootMenu.single(partition(3), partition(2)).withData(partition(5));
  }

  static BootMenu recovery() {
    return ab().withRecovery(partition(6));
  }
}
