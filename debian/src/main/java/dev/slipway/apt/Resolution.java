// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The packages that answer a {@link PackageRequest}.
 *
 * @param packages in the order of the bytes of their names
 * @param asked the names among them that the request names itself; the rest came because something
 *     needs them or belongs to the base system
 */
public record Resolution(List<BinaryPackage> packages, Set<String> asked) {
  public Resolution {
    packages = List.copyOf(packages);
    asked = Collections.unmodifiableSet(new TreeSet<>(asked));
  }

  /** The version chosen for a name. */
  public Optional<BinaryPackage> find(String name) {
    return packages.stream().filter(chosen -> chosen.name().equals(name)).findFirst();
  }

  /** How many bytes there are to download. */
  public long downloadBytes() throws FormatException {
    long sum = 0;
    for (BinaryPackage chosen : packages) {
      sum += chosen.size();
    }
    return sum;
  }
}
