// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.deb.Dependency;
import dev.slipway.deb.Relation;
import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges a choice of packages by nothing but the text of their fields, without any of the
 * resolver's own machinery.
 */
final class Consistency {
  private Consistency() {}

  static List<String> problems(Resolution resolution, PackageRequest request)
      throws FormatException {
    var problems = new ArrayList<String>();
    for (String asked : request.packages()) {
      if (resolution.find(asked).isEmpty()) {
        problems.add(asked + " is asked for");
      }
    }
    for (BinaryPackage chosen : resolution.packages()) {
      for (List<Dependency> field : List.of(chosen.preDepends(), chosen.depends())) {
        for (Dependency item : field) {
          if (item.alternatives().stream()
              .noneMatch(relation -> isMet(relation, resolution, null))) {
            problems.add(chosen + " lacks " + item);
          }
        }
      }
      for (List<Dependency> field : List.of(chosen.conflicts(), chosen.breaks())) {
        for (Dependency item : field) {
          if (isMet(item.alternatives().get(0), resolution, chosen)) {
            problems.add(chosen + " does not stand " + item);
          }
        }
      }
    }
    return problems;
  }

  private static boolean isMet(Relation relation, Resolution resolution, BinaryPackage butNot) {
    return resolution.packages().stream()
        .filter(other -> other != butNot)
        .anyMatch(other -> answers(relation, other));
  }

  private static boolean answers(Relation relation, BinaryPackage other) {
    boolean any = relation.qualifier().equals("any");
    if (other.name().equals(relation.name())
        && (!any || other.multiArch().equals("allowed"))
        && relation.matches(other.version())) {
      return true;
    }
    try {
      for (Dependency item : other.provides()) {
        Relation provided = item.alternatives().get(0);
        DebVersion version = provided.version();
        boolean fits = version == null ? relation.version() == null : relation.matches(version);
        if (provided.name().equals(relation.name())
            && (!any || other.multiArch().equals("allowed"))
            && fits) {
          return true;
        }
      }
    } catch (FormatException e) {
      throw new IllegalStateException(e);
    }
    return false;
  }
}
