// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.tree.TreePath;

/**
 * How a commit is laid down in a directory.
 *
 * @param userMode whether owners and attributes are left out, so that anybody can do it; false by
 *     default
 * @param hardLinks whether files may be names of the repository's own objects where its mode allows
 *     that; the checkout must then not be written to, but for replacing files; false by default
 * @param subpath the part of the tree that is wanted; all of it by default
 * @param threads how many files are written at once
 */
public record CheckoutOptions(boolean userMode, boolean hardLinks, TreePath subpath, int threads) {

  /** Everything as it is, in files of their own. */
  public static CheckoutOptions copying(int threads) {
    return new CheckoutOptions(false, false, TreePath.ROOT, threads);
  }

  /** The same without owners and attributes. */
  public CheckoutOptions asUser() {
    return new CheckoutOptions(true, hardLinks, subpath, threads);
  }

  /** The same with names of the repository's objects where possible. */
  public CheckoutOptions linking() {
    return new CheckoutOptions(userMode, true, subpath, threads);
  }

  /** The same of a part of the tree. */
  public CheckoutOptions only(TreePath part) {
    return new CheckoutOptions(userMode, hardLinks, part, threads);
  }
}
