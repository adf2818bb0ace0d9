// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.util.Map;

/**
 * Devices and sockets, which stay outside a sandbox: in a user namespace no device can be made, and
 * a socket fits in no archive; nothing in a sandbox needs those of the tree.
 */
final class SandboxDevices {
  private SandboxDevices() {}

  /** What can be sent. */
  static Tree without(Tree tree) {
    return tree.without(path -> isDevice(tree.node(path).orElseThrow()));
  }

  /** Puts those of one tree back where their places are still free in another. */
  static Tree restored(Tree before, Tree after) {
    return after.with(
        t -> {
          for (Map.Entry<TreePath, Node> entry : before.entries().entrySet()) {
            boolean parentStays =
                entry
                    .getKey()
                    .parent()
                    .map(parent -> after.node(parent).orElse(null) instanceof Node.Directory)
                    .orElse(false);
            if (isDevice(entry.getValue()) && parentStays && t.node(entry.getKey()).isEmpty()) {
              t.put(entry.getKey(), entry.getValue());
            }
          }
        });
  }

  private static boolean isDevice(Node node) {
    return node instanceof Special special && special.kind() != Special.Kind.FIFO;
  }
}
