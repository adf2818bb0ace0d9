// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Stamp;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Switches systemd units on and off in a tree, as {@code systemctl} does: by links in {@code
 * /etc/systemd/system} that the unit's own {@code [Install]} section asks for.
 */
final class Units {
  private static final String CONFIGURATION = "/etc/systemd/system";
  private static final List<String> PLACES =
      List.of(
          CONFIGURATION,
          "/usr/local/lib/systemd/system",
          "/usr/lib/systemd/system",
          "/lib/systemd/system");

  private final Stamp stamp;

  Units(Stamp stamp) {
    this.stamp = stamp;
  }

  /** What a unit's {@code [Install]} section says. */
  private record Install(
      List<String> wantedBy,
      List<String> requiredBy,
      List<String> aliases,
      List<String> also,
      String instance) {}

  /**
   * Enables a unit, even a masked one, and those it names with {@code Also=}.
   *
   * @throws BuildException when the image has no such unit or the unit cannot be enabled
   */
  Tree enabled(Tree tree, String unit) throws BuildException {
    return enabled(unmasked(tree, unit), unit, new TreeSet<>());
  }

  private static Tree unmasked(Tree tree, String unit) {
    TreePath path = TreePath.of(CONFIGURATION).child(unit);
    boolean masked =
        tree.node(path).orElse(null) instanceof Symlink link && link.target().equals("/dev/null");
    return masked ? tree.with(t -> t.remove(path)) : tree;
  }

  private Tree enabled(Tree tree, String unit, TreeSet<String> done) throws BuildException {
    if (!done.add(unit)) {
      return tree;
    }
    TreePath file =
        find(tree, unit)
            .orElseThrow(
                () ->
                    new BuildException(
                        "the unit " + unit + " is not in the image" + hint(tree, unit)));
    Install install = install(tree, file);
    String name = unit.contains("@.") ? unit.replace("@.", "@" + install.instance() + ".") : unit;
    if (install.wantedBy().isEmpty()
        && install.requiredBy().isEmpty()
        && install.aliases().isEmpty()
        && install.also().isEmpty()) {
      throw new BuildException(
          "the unit "
              + unit
              + " cannot be enabled: its [Install] section names nothing that wants it. Add WantedBy=multi-user.target, or leave it to the units that need it");
    }
    if (name.contains("@.")) {
      if (done.size() > 1) {
        return tree; // named by Also=: systemctl leaves such a one alone, too
      }
      throw new BuildException(
          "the unit "
              + unit
              + " is a template without a DefaultInstance=: name the instance to enable, such as "
              + unit.replace("@.", "@1."));
    }
    Tree changed =
        tree.with(
            t -> {
              install
                  .wantedBy()
                  .forEach(
                      target ->
                          stamp.symlink(
                              t, CONFIGURATION + "/" + target + ".wants/" + name, file.toString()));
              install
                  .requiredBy()
                  .forEach(
                      target ->
                          stamp.symlink(
                              t,
                              CONFIGURATION + "/" + target + ".requires/" + name,
                              file.toString()));
              install
                  .aliases()
                  .forEach(alias -> stamp.symlink(t, CONFIGURATION + "/" + alias, file.toString()));
            });
    for (String other : install.also()) {
      if (find(changed, other).isPresent()) {
        changed = enabled(changed, other, done);
      }
    }
    return changed;
  }

  /** Removes every link that pulls a unit in. A unit that nobody enabled is left as it is. */
  Tree disabled(Tree tree, String unit) {
    return tree.with(t -> removeLinks(tree, t, unit));
  }

  private static void removeLinks(Tree tree, TreeBuilder t, String unit) {
    TreePath configuration = TreePath.of(CONFIGURATION);
    for (var entry : tree.entries().tailMap(configuration, false).entrySet()) {
      TreePath path = entry.getKey();
      if (!path.startsWith(configuration)) {
        break;
      }
      if (entry.getValue() instanceof Symlink link
          && (path.name().equals(unit) || link.target().endsWith("/" + unit))) {
        t.remove(path);
      }
    }
  }

  /** Makes it impossible to start a unit. */
  Tree masked(Tree tree, String unit) {
    return tree.with(
        t -> {
          removeLinks(tree, t, unit);
          stamp.symlink(t, CONFIGURATION + "/" + unit, "/dev/null");
        });
  }

  /** The file of a unit; for an instance of a template, the template's. */
  static Optional<TreePath> find(Tree tree, String unit) {
    int at = unit.indexOf('@');
    String template =
        at < 0 ? unit : unit.substring(0, at + 1) + unit.substring(unit.lastIndexOf('.'));
    for (String place : PLACES) {
      for (String name : List.of(unit, template)) {
        TreePath path = TreePath.of(place).child(name);
        Optional<TreePath> real = tree.follow(path);
        if (real.isPresent()
            && tree.node(real.get()).filter(Node.Directory.class::isInstance).isEmpty()) {
          return Optional.of(
              path.startsWith(TreePath.of("/lib"))
                  ? path.rebase(TreePath.of("/lib"), TreePath.of("/usr/lib"))
                  : path);
        }
      }
    }
    return Optional.empty();
  }

  private static String hint(Tree tree, String unit) {
    String stem = unit.replaceAll("[@.].*", "");
    var near = new ArrayList<String>();
    for (String place : PLACES) {
      for (TreePath path : tree.children(TreePath.of(place))) {
        if (path.name().contains(stem) && near.size() < 5 && !path.name().endsWith(".wants")) {
          near.add(path.name());
        }
      }
    }
    return near.isEmpty()
        ? "; add the package or the file that brings it"
        : "; there is " + String.join(", ", near);
  }

  private static Install install(Tree tree, TreePath file) throws BuildException {
    var wantedBy = new ArrayList<String>();
    var requiredBy = new ArrayList<String>();
    var aliases = new ArrayList<String>();
    var also = new ArrayList<String>();
    String instance = "";
    boolean inside = false;
    for (String line : text(tree, file).split("\n")) {
      String plain = line.strip();
      if (plain.startsWith("[")) {
        inside = plain.equals("[Install]");
      } else if (inside
          && plain.contains("=")
          && !plain.startsWith("#")
          && !plain.startsWith(";")) {
        String value = plain.substring(plain.indexOf('=') + 1).strip();
        switch (plain.substring(0, plain.indexOf('=')).strip()) {
          case "WantedBy" -> add(value, wantedBy);
          case "RequiredBy" -> add(value, requiredBy);
          case "Alias" -> add(value, aliases);
          case "Also" -> add(value, also);
          case "DefaultInstance" -> instance = value;
          default -> {}
        }
      }
    }
    return new Install(wantedBy, requiredBy, aliases, also, instance);
  }

  /** Adds names to a list. Nothing at all empties it, as systemd has it. */
  private static void add(String value, List<String> list) {
    if (value.isEmpty()) {
      list.clear();
    } else {
      list.addAll(List.of(value.split("\\s+")));
    }
  }

  private static String text(Tree tree, TreePath file) throws BuildException {
    try {
      return new String(tree.read(file.toString()), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new BuildException("the unit " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
