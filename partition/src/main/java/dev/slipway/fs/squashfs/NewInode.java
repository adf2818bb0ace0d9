// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.TreePath;

/**
 * An inode to be written.
 *
 * @param path its first name
 * @param number counted from 1; those of a directory's entries follow each other
 */
record NewInode(TreePath path, Inode node, int number, int links) {}
