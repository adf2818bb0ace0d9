// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.deb.ControlFile;
import dev.slipway.deb.DebFile;
import dev.slipway.deb.DebVersion;
import dev.slipway.deb.Dependency;
import dev.slipway.deb.Relation;
import dev.slipway.deb.Stanza;
import dev.slipway.io.FormatException;
import dev.slipway.tree.TreePath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * What dpkg has to know of a package to unpack and configure it: the control stanza, read, and the
 * control files.
 *
 * @param source the .deb's name, for messages
 * @param sameForAll {@code Multi-Arch: same}: may be there for several architectures at once
 * @param replaces whose files it may take over
 */
record DebPackage(
    String source,
    String name,
    DebVersion version,
    String architecture,
    boolean essential,
    boolean sameForAll,
    List<Relation> replaces,
    Set<String> preDepends,
    List<TreePath> conffiles,
    String controlText,
    Stanza control,
    SortedMap<String, ControlFile> files) {
  static final String PREINST = "preinst";

  private static final Pattern MOVING_DIVERSION =
      Pattern.compile("\\bdpkg-divert\\b.*\\s--rename\\b");

  static DebPackage of(DebFile deb) throws FormatException {
    Stanza control = deb.control();
    String where = deb.name() + ": control";
    var preDepends = new HashSet<String>();
    for (Relation relation : relations(control, "Pre-Depends", where)) {
      preDepends.add(relation.name());
    }
    String name = control.require("Package", where);
    if (!name.matches("[a-z0-9][a-z0-9+.-]+")) {
      throw new FormatException(
          where
              + ": Package: found \""
              + name
              + "\", expected lower-case letters, digits and \"+-.\"");
    }
    String architecture = control.require("Architecture", where);
    if (!architecture.matches("[a-z0-9][a-z0-9-]*")) {
      throw new FormatException(
          where
              + ": Architecture: found \""
              + architecture
              + "\", expected lower-case letters, digits and \"-\"");
    }
    try {
      return new DebPackage(
          deb.name(),
          name,
          DebVersion.parse(control.require("Version", where)),
          architecture,
          isYes(control, "Essential"),
          control.get("Multi-Arch").map(value -> value.strip().equals("same")).orElse(false),
          relations(control, "Replaces", where),
          preDepends,
          conffiles(deb),
          deb.controlText(),
          control,
          deb.controlFiles());
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }

  private static boolean isYes(Stanza control, String field) {
    return control
        .get(field)
        .map(value -> value.strip().toLowerCase(Locale.ROOT).equals("yes"))
        .orElse(false);
  }

  private static List<Relation> relations(Stanza control, String field, String where)
      throws FormatException {
    var all = new ArrayList<Relation>();
    for (Dependency dependency :
        Dependency.parseAll(control.get(field).orElse(""), where + ": " + field)) {
      all.addAll(dependency.alternatives());
    }
    return all;
  }

  /** Lines with a flag in front name files that go away on an upgrade, not files that are there. */
  private static List<TreePath> conffiles(DebFile deb) throws FormatException {
    var paths = new ArrayList<TreePath>();
    ControlFile file = deb.controlFiles().get("conffiles");
    for (String line : file == null ? new String[0] : file.text().split("\n")) {
      String path = line.strip();
      if (path.startsWith("/")) {
        try {
          paths.add(TreePath.of(path));
        } catch (IllegalArgumentException e) {
          throw new FormatException(deb.name() + ": conffiles: " + e.getMessage(), e);
        }
      }
    }
    return paths;
  }

  /**
   * Whether the package moves files of others out of the way before its own are there. Then dpkg
   * has to unpack it. Diversions that move nothing, which the usr-merge brought into many packages,
   * are the same before and after.
   */
  boolean divertsBeforeUnpacking() {
    ControlFile script = files.get(PREINST);
    return !essential
        && script != null
        && script
            .text()
            .replace("\\\n", " ")
            .lines()
            .map(String::strip)
            .anyMatch(line -> !line.startsWith("#") && MOVING_DIVERSION.matcher(line).find());
  }

  boolean mayReplace(DebPackage other) {
    return replaces.stream()
        .anyMatch(
            relation -> relation.name().equals(other.name) && relation.matches(other.version));
  }

  /** Another architecture's build of the same package. */
  boolean isSibling(DebPackage other) {
    return sameForAll
        && other.sameForAll
        && name.equals(other.name)
        && !architecture.equals(other.architecture);
  }

  /** As dpkg names it in its database: with the architecture where several may be there. */
  String databaseName() {
    return sameForAll ? name + ":" + architecture : name;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DebPackage that
        && name.equals(that.name)
        && architecture.equals(that.architecture)
        && version.equals(that.version);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** As people name it: {@code dash 0.5.12-2}. */
  @Override
  public String toString() {
    return name + " " + version;
  }
}
