// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Node.Inode;

/**
 * Lets equal metadata be one object, for a tree of many files has few different ones.
 *
 * <p>Only what was seen lately is remembered, one to a place: files of a package or a directory
 * come together, and where every file has a time of its own nothing grows.
 */
final class SharedMetadata {
  private static final int PLACES = 1 << 8;

  private final Metadata[] recent = new Metadata[PLACES];

  /** The same node, with a metadata object that earlier nodes have if there is an equal one. */
  Node share(Node node) {
    if (!(node instanceof Inode inode)) {
      return node;
    }
    Metadata own = inode.metadata();
    int hash = own.hashCode();
    int place = (hash ^ hash >>> 8 ^ hash >>> 16 ^ hash >>> 24) & (PLACES - 1);
    Metadata known = recent[place];
    if (!own.equals(known)) {
      recent[place] = own;
      return node;
    }
    return own == known ? node : inode.withMetadata(known);
  }
}
