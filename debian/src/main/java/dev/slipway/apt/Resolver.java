// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import dev.slipway.work.Uninterrupted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

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
  /** Enough for {@link Marker}'s deepest chain, interpreted. Only what is used is taken. */
  private static final long STACK_BYTES = 64L << 20;

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
    return resolve(request, true).orElseThrow();
  }

  /** What the straight way finds by itself; empty where it leaves something broken. */
  Optional<Resolution> resolveStraight(PackageRequest request)
      throws FormatException, UnresolvableException {
    return resolve(request, false);
  }

  private Optional<Resolution> resolve(PackageRequest request, boolean search)
      throws FormatException, UnresolvableException {
    var universe = new Universe(indexes, architecture, request.pins());
    var selection = new Selection(universe, request);
    List<PackageName> wanted = selection.wanted();
    var marker = new Marker(universe, request.recommends());
    markAll(marker, wanted);
    if (marker.isAnythingBroken()) {
      if (!search) {
        return Optional.empty();
      }
      new Search(universe, request.recommends()).choose(wanted);
    }
    Sweep.clean(marker);
    return Optional.of(answer(universe, selection.asked()));
  }

  /** A chain of needs is followed depth first, and may be longer than the stack of the caller. */
  private static void markAll(Marker marker, List<PackageName> wanted) throws FormatException {
    var problem = new AtomicReference<Throwable>();
    Runnable work =
        () -> {
          try {
            marker.takeAll(wanted);
          } catch (FormatException | RuntimeException | Error e) {
            problem.set(e);
          }
        };
    var thread = new Thread(null, work, "resolver", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    Uninterrupted.join(thread); // it takes a second at most
    Throwable thrown = problem.get();
    if (thrown instanceof FormatException e) {
      throw e;
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private static Resolution answer(Universe universe, Set<String> asked) {
    var packages = new ArrayList<BinaryPackage>();
    universe.installed().forEach(name -> packages.add(name.installed.file));
    return new Resolution(packages, asked);
  }
}
