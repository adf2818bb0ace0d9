// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes away packages that were taken on the way to something that failed, and that nothing needs:
 * what apt does with new packages that it could remove again at once.
 *
 * <p>A package stays when one that stays depends on it, recommends it or suggests it. Where several
 * versions of one source package would do, only the latest is kept by such a need.
 */
final class Sweep {
  private final Universe universe;
  private final Set<PackageName> kept = new HashSet<>();
  private final List<PackageName> open = new ArrayList<>();

  private Sweep(Universe universe) {
    this.universe = universe;
  }

  static void clean(Marker marker) throws FormatException {
    var sweep = new Sweep(marker.universe());
    List<PackageName> taken = marker.universe().installed();
    for (PackageName name : taken) {
      if (!name.automatic || name.isEssential() || name.isProtected()) {
        sweep.keep(name);
      }
    }
    sweep.follow();
    var dropped = new ArrayList<PackageName>();
    for (PackageName name : taken) {
      if (!sweep.kept.contains(name)) {
        name.installed = null;
        dropped.add(name);
      }
    }
    restore(marker, dropped);
  }

  private void keep(PackageName name) {
    if (kept.add(name)) {
      open.add(name);
    }
  }

  private void follow() throws FormatException {
    while (!open.isEmpty()) {
      PackageName name = open.remove(open.size() - 1);
      for (Need need : name.installed.needs()) {
        if (!need.kind.isNegative()) {
          for (int i = 0; i < need.alternatives(); i++) {
            keepLatestOfEachSource(need, i);
          }
        }
      }
    }
  }

  private void keepLatestOfEachSource(Need need, int alternative) throws FormatException {
    Map<String, List<Offer>> bySource = new LinkedHashMap<>();
    for (Offer offer : need.installed(alternative)) {
      bySource.computeIfAbsent(offer.file.source(), source -> new ArrayList<>()).add(offer);
    }
    for (List<Offer> offers : bySource.values()) {
      String latest = latest(offers);
      offers.stream()
          .filter(offer -> offer.file.sourceVersion().equals(latest))
          .forEach(offer -> keep(offer.name));
    }
  }

  private static String latest(List<Offer> offers) {
    String latest = offers.get(0).file.sourceVersion();
    for (Offer offer : offers) {
      String other = offer.file.sourceVersion();
      if (!other.equals(latest)
          && DebVersion.parse(other).compareTo(DebVersion.parse(latest)) > 0) {
        latest = other;
      }
    }
    return latest;
  }

  /**
   * When something lacks what it depends on or recommends, what was dropped comes back as far as
   * anything taken mentions it: apt 2.6 (DoAutomaticRemove) asks neither whether that would help
   * nor whether another alternative is there already.
   */
  private static void restore(Marker marker, List<PackageName> dropped) throws FormatException {
    if (dropped.isEmpty() || !marker.isAnythingIncomplete()) {
      return;
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      Set<PackageName> mentioned = mentioned(marker);
      for (PackageName back : dropped) {
        if (back.installed == null && isMentioned(back, mentioned)) {
          marker.take(back, false, false, 0);
          changed |= back.installed != null;
        }
      }
    }
  }

  private static Set<PackageName> mentioned(Marker marker) throws FormatException {
    var mentioned = new HashSet<PackageName>();
    for (PackageName name : marker.universe().installed()) {
      for (Need need : name.installed.needs()) {
        if (marker.counts(need) && !need.kind.isNegative()) {
          for (int i = 0; i < need.alternatives(); i++) {
            mentioned.add(need.target(i));
          }
        }
      }
    }
    return mentioned;
  }

  private static boolean isMentioned(PackageName name, Set<PackageName> mentioned)
      throws FormatException {
    if (mentioned.contains(name)) {
      return true;
    }
    for (PackageName other : mentioned) {
      for (PackageName.Provider provider : other.providers()) {
        if (provider.offer() == name.candidate) {
          return true;
        }
      }
    }
    return false;
  }
}
