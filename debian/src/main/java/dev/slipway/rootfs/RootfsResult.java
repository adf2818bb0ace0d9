// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.Tree;

/**
 * A configured root file system.
 *
 * @param tree its contents lie in the store's packs
 * @param ids the numbers its users and groups have, to be locked
 * @param reused whether it came from the store
 */
public record RootfsResult(Tree tree, IdTable ids, boolean reused) {}
