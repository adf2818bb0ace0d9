// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * A version of a package that may be chosen, with what it needs tied to the names in the {@link
 * Universe}.
 */
final class Offer {
  final PackageName name;
  final BinaryPackage file;

  /** All the same file, offered by several indexes; the first is {@link #file}. */
  final List<BinaryPackage> everywhere = new ArrayList<>(1);

  private final Universe universe;
  private List<Need> needs;

  Offer(Universe universe, PackageName name, BinaryPackage file) {
    this.universe = universe;
    this.name = name;
    this.file = file;
    everywhere.add(file);
  }

  /** What it needs and what it does not stand, in the order in which apt goes through them. */
  List<Need> needs() throws FormatException {
    if (needs == null) {
      var list = new ArrayList<Need>();
      for (Need.Kind kind : Need.Kind.values()) {
        for (var item : file.relations(kind.field)) {
          list.add(new Need(this, kind, item, universe));
        }
      }
      needs = list;
    }
    return needs;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
