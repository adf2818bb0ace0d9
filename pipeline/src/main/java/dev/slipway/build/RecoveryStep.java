// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Stamp;
import dev.slipway.boot.InitramfsOptions;
import dev.slipway.boot.RecoveryBurn;
import dev.slipway.boot.RecoverySystem;
import dev.slipway.store.Key;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.Optional;

/** The step that makes what the recovery partition holds, from the kernel of the image. */
record RecoveryStep(
    Kernel kernel,
    Tree system,
    Tree tools,
    Key toolsKey,
    Stamp stamp,
    Optional<RecoveryBurn> burn) {
  private static final String STEP = "recovery system";

  private Key key() throws IOException {
    return Key.of("recovery", 2)
        .with("tool", Tool.id())
        .with("kernel", kernel.digest(system))
        .with("modules", kernel.modulesDigest(system))
        .with("boot loaders and tools", toolsKey)
        .with("time", stamp.timeSeconds())
        .with("burns", told(burn));
  }

  /** All that what burns depends on, told without paths. */
  static String told(Optional<RecoveryBurn> burn) throws IOException {
    return burn.isEmpty()
        ? "no"
        : burn.get().settings().replace('\n', ' ') + burn.get().keyring().digest();
  }

  boolean isKept(Steps steps) throws IOException {
    return steps.kept(key()).isPresent();
  }

  Tree tree(Steps steps) throws IOException {
    return steps.tree(STEP, key(), this::made);
  }

  private Tree made() throws IOException {
    var options = InitramfsOptions.DEFAULT.withKernelVersion(kernel.version());
    return RecoverySystem.of(system, tools, options, burn)
        .mapped((path, inode) -> inode.withMetadata(stamp.mode(inode.metadata().mode())));
  }
}
