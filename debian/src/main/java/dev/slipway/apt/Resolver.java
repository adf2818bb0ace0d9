// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the packages that answer a request, on a system where nothing is installed yet: the same as
 * {@code apt-get install} finds.
 *
 * <p>apt's own way comes first ({@link Marker}). Where that leaves something broken, apt would ask
 * for help; here a complete search ({@link Search}) finds a choice if there is one, or says in
 * words why there is none.
 *
 * <pre>{@code
 * Resolution resolution = Resolver.of(platform.architecture(), indexes).resolve(PackageRequest.of("linux-image-amd64", "systemd-sysv"));
 * }</pre>
 */
public final class Resolver {
  private final Architecture architecture;
  private final List<PackageIndex> indexes;

  private Resolver(Architecture architecture, List<PackageIndex> indexes) {
    this.architecture = architecture;
    this.indexes = List.copyOf(indexes);
  }

  /**
   * A resolver over indexes, which stand in the order of the sources: among equal versions the
   * first offers it.
   */
  public static Resolver of(Architecture architecture, List<PackageIndex> indexes) {
    return new Resolver(architecture, indexes);
  }

  /**
   * Answers a request. The same indexes and the same request give the same answer, always.
   *
   * @throws UnresolvableException saying all that stands in the way
   * @throws FormatException when an index turns out to be damaged
   */
  public Resolution resolve(PackageRequest request) throws FormatException, UnresolvableException {
    var universe = new Universe(indexes, architecture, request.pins());
    var selection = new Selection(universe, request);
    List<PackageName> wanted = selection.wanted();
    var marker = new Marker(universe, request.recommends());
    marker.takeAll(wanted);
    if (isBroken(marker)) {
      new Search(universe, request.recommends()).choose(wanted);
    }
    Sweep.clean(marker);
    return answer(universe, selection.asked());
  }

  private static boolean isBroken(Marker marker) throws FormatException {
    for (PackageName name : marker.universe().installed()) {
      if (marker.isBroken(name)) {
        return true;
      }
    }
    return false;
  }

  private static Resolution answer(Universe universe, Set<String> asked) {
    var packages = new ArrayList<BinaryPackage>();
    universe.installed().forEach(name -> packages.add(name.installed.file));
    var named = new TreeSet<>(new LinkedHashSet<>(asked));
    return new Resolution(packages, named);
  }
}
