// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bootconfig.Slot;
import dev.slipway.update.RefusedException;
import dev.slipway.update.SystemDisk;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "rollback",
    description = "Starts the other slot next: the release before, when it is whole.")
final class RollbackCommand implements Callable<Integer> {
  @Mixin DiskArgument target;

  @Override
  public Integer call() throws IOException {
    try (SystemDisk disk = target.open()) {
      var state = disk.store().read();
      Slot now = target.running().or(state::next).orElse(Slot.A);
      Slot back = now.other();
      if (!state.slots().containsKey(back) || !state.slot(back).ok()) {
        throw new RefusedException(
            "slot "
                + back
                + " holds no release that may be started; there is nothing to go back to");
      }
      disk.changeState(changed -> changed.primary(back));
    }
    return 0;
  }
}
