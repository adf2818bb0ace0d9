// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds what a request names: the names, and the versions it insists on. All that cannot be found
 * is told at once.
 */
final class Selection {
  private final Universe universe;
  private final Set<PackageName> wanted = new LinkedHashSet<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<String> problems = new ArrayList<>();

  Selection(Universe universe, PackageRequest request)
      throws FormatException, UnresolvableException {
    this.universe = universe;
    if (request.base()) {
      for (String name : universe.base()) {
        PackageName base = universe.name(name);
        if (base.candidate != null) {
          wanted.add(base);
        }
      }
    }
    for (String text : request.packages()) {
      select(text);
    }
    if (!problems.isEmpty()) {
      throw new UnresolvableException(problems);
    }
  }

  /** Everything that is to be there whatever else is, in order. */
  List<PackageName> wanted() {
    return List.copyOf(wanted);
  }

  /** The names that the request names itself. */
  Set<String> asked() {
    return asked;
  }

  private void select(String text) throws FormatException {
    int equals = text.indexOf('=');
    int slash = equals < 0 ? text.indexOf('/') : -1;
    int end = equals >= 0 ? equals : slash >= 0 ? slash : text.length();
    PackageName name = name(text.substring(0, end));
    if (name == null) {
      return;
    }
    if (equals >= 0) {
      version(name, text.substring(equals + 1));
    } else if (slash >= 0) {
      release(name, text.substring(slash + 1));
    } else if (name.candidate == null) {
      problems.add(
          name
              + " is in the archive, but every version of it is ruled out by its priority: "
              + versions(name));
    }
    wanted.add(name);
    asked.add(name.text);
  }

  private PackageName name(String text) throws FormatException {
    int colon = text.indexOf(':');
    String plain = colon < 0 ? text : text.substring(0, colon);
    String qualifier = colon < 0 ? "" : text.substring(colon + 1);
    if (!qualifier.isEmpty()
        && !qualifier.equals(universe.architecture())
        && !qualifier.equals("native")) {
      problems.add(
          text
              + ": the image has one architecture, "
              + universe.architecture()
              + "; write "
              + plain);
      return null;
    }
    PackageName name = universe.name(plain);
    if (!name.offers().isEmpty()) {
      return name;
    }
    Set<PackageName> owners =
        name.providers().stream()
            .map(provider -> provider.offer().name)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (owners.size() == 1) {
      return owners.iterator().next();
    }
    if (owners.isEmpty()) {
      problems.add(
          "there is no package "
              + plain
              + " in the archive"
              + Suggestion.of(plain, universe.indexes()));
    } else {
      problems.add(
          plain
              + " is only a name that several packages stand for; write the one you want: "
              + owners.stream()
                  .map(owner -> owner.text)
                  .sorted()
                  .collect(Collectors.joining(", ")));
    }
    return null;
  }

  private void version(PackageName name, String text) throws FormatException {
    DebVersion version;
    try {
      version = DebVersion.parse(text);
    } catch (IllegalArgumentException e) {
      problems.add(name + "=" + text + ": " + e.getMessage());
      return;
    }
    Offer offer = Universe.version(name, version);
    if (offer == null) {
      problems.add(
          "there is no version "
              + text
              + " of "
              + name
              + " in the archive, which has "
              + versions(name));
    } else {
      name.select(offer);
    }
  }

  private void release(PackageName name, String release) throws FormatException {
    Offer offer = Universe.release(name, release);
    if (offer == null) {
      problems.add(
          "there is no "
              + name
              + " in a release called "
              + release
              + "; the archive has "
              + versions(name));
    } else {
      name.select(offer);
      followRelease(offer, release);
    }
  }

  /** Where the candidates do not serve what comes from the release, those of the release do. */
  private void followRelease(Offer offer, String release) throws FormatException {
    for (Need need : offer.needs()) {
      if (need.kind.isNegative() || need.kind == Need.Kind.SUGGESTS || need.isMetByCandidate()) {
        continue;
      }
      for (int i = 0; i < need.alternatives(); i++) {
        PackageName target = need.target(i);
        Offer other = Universe.release(target, release);
        if (other != null && other != target.candidate && need.all(i).contains(other)) {
          target.select(other);
          followRelease(other, release);
          break;
        }
      }
    }
  }

  static String versions(PackageName name) throws FormatException {
    return name.offers().stream()
        .map(offer -> offer.file.version() + " (" + offer.file.index().origin() + ")")
        .collect(Collectors.joining(", "));
  }
}
