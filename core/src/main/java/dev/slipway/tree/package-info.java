// SPDX-License-Identifier: Apache-2.0
/**
 * Root file systems as values.
 *
 * <p>Reading order: {@link dev.slipway.tree.TreePath}, {@link dev.slipway.tree.Node} with {@link
 * dev.slipway.tree.Metadata} and {@link dev.slipway.tree.Content}, {@link dev.slipway.tree.Tree}
 * and its {@link dev.slipway.tree.TreeBuilder}. Then what goes in and out: {@link
 * dev.slipway.tree.TarReader} over {@link dev.slipway.tree.TarEntries}, which hands the bytes of
 * files to a {@link dev.slipway.tree.ContentKeeper}; {@link dev.slipway.tree.TarWriter}; {@link
 * dev.slipway.tree.TreeBytes} for caches and for naming a tree; {@link
 * dev.slipway.tree.TreeDifference} for people. Formats: {@code docs/formats/tar.md}, {@code
 * docs/formats/stored-tree.md}.
 */
package dev.slipway.tree;
