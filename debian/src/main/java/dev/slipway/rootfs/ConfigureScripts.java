// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.deb.ControlFile;
import dev.slipway.deb.Dependency;
import dev.slipway.deb.Relation;
import dev.slipway.io.FormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The commands that turn an unpacked tree into a configured one.
 *
 * <p>As when a system is bootstrapped, the essential packages come first, whole: their {@code
 * preinst} scripts, then {@code dpkg --configure}. The scripts of all others may count on them.
 * {@code base-passwd} is the very first, because nothing can be owned by name before it has run.
 */
final class ConfigureScripts {
  private static final String DPKG = "dpkg --force-unsafe-io --force-confnew --abort-after=1";
  private static final String BASE_PASSWD = "base-passwd";

  private final List<DebPackage> packages;
  private final Map<String, List<DebPackage>> byName = new HashMap<>();
  private final Set<DebPackage> essential;

  /**
   * Takes packages in the order of their names.
   *
   * @param packages those that are unpacked already
   */
  ConfigureScripts(List<DebPackage> packages) throws FormatException {
    this.packages = List.copyOf(packages);
    for (DebPackage about : packages) {
      byName.computeIfAbsent(about.name(), name -> new ArrayList<>()).add(about);
      for (Dependency provided :
          Dependency.parseAll(
              about.control().get("Provides").orElse(""), about.source() + ": Provides")) {
        for (Relation relation : provided.alternatives()) {
          byName.computeIfAbsent(relation.name(), name -> new ArrayList<>()).add(about);
        }
      }
    }
    this.essential = findEssential();
  }

  /**
   * What runs when the essential packages are there; nothing when none is essential.
   *
   * @param preseed answers for debconf, as {@code debconf-set-selections} takes them
   */
  List<SandboxCommand> first(String preseed) {
    if (essential.isEmpty()) {
      return List.of();
    }
    return List.of(
        stubbed("prepare the essential packages", preinst(essential) + preseeding(preseed)),
        stubbed(
            "configure the essential packages",
            DPKG + " --no-triggers --configure " + names(essential) + "\n"));
  }

  /**
   * What runs after {@link #first}, when all packages are there.
   *
   * @param late .deb files inside the tree that dpkg itself has to unpack
   */
  List<SandboxCommand> rest(List<String> late, String preseed) {
    List<DebPackage> rest = packages.stream().filter(about -> !essential.contains(about)).toList();
    var commands = new ArrayList<SandboxCommand>();
    String prepare = preinst(rest) + (essential.isEmpty() ? preseeding(preseed) : "");
    if (!prepare.isEmpty()) {
      commands.add(stubbed("prepare the packages", prepare));
    }
    if (!late.isEmpty()) {
      commands.add(
          stubbed(
              "unpack packages that divert files",
              DPKG
                  + " --no-triggers --unpack "
                  + String.join(" ", late)
                  + "\nrm -f "
                  + String.join(" ", late)
                  + "\n"));
    }
    commands.add(stubbed("configure the packages", DPKG + " --configure -a\n"));
    return commands;
  }

  /** The essential packages and everything they depend on, in name order. */
  Set<DebPackage> essential() {
    return essential;
  }

  private static SandboxCommand stubbed(String name, String script) {
    return new SandboxCommand(name, script, true);
  }

  private static String preseeding(String preseed) {
    if (preseed.isBlank()) {
      return "";
    }
    return "printf '%s\\n' "
        + SandboxScript.quoted(preseed.strip())
        + " | debconf-set-selections\n";
  }

  private Set<DebPackage> findEssential() throws FormatException {
    var found = new LinkedHashSet<DebPackage>();
    var queue = new ArrayDeque<DebPackage>();
    packages.stream().filter(DebPackage::essential).forEach(queue::add);
    while (!queue.isEmpty()) {
      DebPackage about = queue.remove();
      if (found.add(about)) {
        for (String field : List.of("Pre-Depends", "Depends")) {
          for (Dependency dependency :
              Dependency.parseAll(
                  about.control().get(field).orElse(""), about.source() + ": " + field)) {
            dependency
                .alternatives()
                .forEach(relation -> queue.addAll(byName.getOrDefault(relation.name(), List.of())));
          }
        }
      }
    }
    var sorted =
        new TreeSet<DebPackage>(
            Comparator.comparing(DebPackage::name).thenComparing(DebPackage::architecture));
    sorted.addAll(found);
    return sorted;
  }

  private static String names(Collection<DebPackage> packages) {
    var names = new ArrayList<String>();
    packages.forEach(about -> names.add(about.databaseName()));
    return String.join(" ", names);
  }

  /** Runs scripts as {@code dpkg --unpack} would: those that others pre-depend on go first. */
  private String preinst(Collection<DebPackage> some) {
    var order = new LinkedHashSet<DebPackage>();
    some.stream().filter(about -> about.name().equals(BASE_PASSWD)).forEach(order::add);
    Set<DebPackage> among = Set.copyOf(some);
    some.forEach(about -> visit(about, among, order, new LinkedHashSet<>()));
    var out = new StringBuilder();
    for (DebPackage about : order) {
      ControlFile script = about.files().get(DebPackage.PREINST);
      if (script != null) {
        out.append("preinst ")
            .append(about.name())
            .append(' ')
            .append(about.architecture())
            .append(' ')
            .append(about.databaseName())
            .append('\n');
      }
    }
    return out.isEmpty() ? "" : header() + out;
  }

  private void visit(
      DebPackage about, Set<DebPackage> among, Set<DebPackage> order, Set<DebPackage> open) {
    if (!order.contains(about) && among.contains(about) && open.add(about)) {
      for (String name : new TreeSet<>(about.preDepends())) {
        byName.getOrDefault(name, List.of()).forEach(needed -> visit(needed, among, order, open));
      }
      order.add(about);
    }
  }

  /** The surroundings dpkg gives to a script, see dpkg(1), "Internal environment". */
  private String header() {
    String dpkg =
        byName.getOrDefault("dpkg", List.of()).stream()
            .filter(about -> about.name().equals("dpkg"))
            .map(about -> about.version().upstream())
            .findFirst()
            .orElse("");
    return """
    cd /
    export DPKG_ROOT= DPKG_ADMINDIR=/var/lib/dpkg DPKG_MAINTSCRIPT_NAME=preinst DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1 DPKG_RUNNING_VERSION=%s
    preinst() {
      export DPKG_MAINTSCRIPT_PACKAGE=$1 DPKG_MAINTSCRIPT_ARCH=$2
      script=/var/lib/dpkg/info/$3.preinst
      [ -x "$script" ] || chmod 755 "$script"
      "$script" install || {
        status=$?
        echo "dpkg: error processing package $3 (--unpack):"
        echo " the preinst script ended with status $status"
        exit 1
      }
    }
    """
        .formatted(dpkg);
  }
}
