// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.List;

/**
 * One stretch of a sandbox's work: what the tree holds from then on, and the commands that run on
 * it. What a later stage needs can be made while commands of the one before are running.
 */
public interface SandboxStage {
  /** About how many bytes the files of the tree will have. */
  long contentBytes();

  /**
   * Makes the stage. Called once, from a thread of the sandbox's own, when everything before it has
   * been sent.
   *
   * <p>The tree holds every path of the stage before, of the same kind. A node that is not what it
   * was in the tree of the stage before goes in place of whatever commands made of it; any other
   * stays as commands left it.
   */
  Ready make() throws IOException;

  /** What there is to send and to run. */
  record Ready(Tree tree, List<SandboxCommand> commands) {
    public Ready {
      commands = List.copyOf(commands);
    }
  }

  /** A stage that is there already. */
  static SandboxStage of(Tree tree, List<SandboxCommand> commands) {
    return new SandboxStage() {
      @Override
      public long contentBytes() {
        return tree.contentBytes();
      }

      @Override
      public Ready make() {
        return new Ready(tree, commands);
      }
    };
  }
}
