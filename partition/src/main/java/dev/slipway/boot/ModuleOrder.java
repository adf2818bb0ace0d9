// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * Puts modules in an order in which they can be loaded.
 *
 * <p>What a module depends on comes before it; a circle of that is an error. What it would like to
 * have (its soft dependencies) comes before it where it can. Where that in turn depends on a module
 * whose place is being looked for, it comes behind: kernels have such circles, and start.
 */
final class ModuleOrder {
  private final KernelModules kernel;
  private final Map<String, KernelModule> read = new HashMap<>();
  private final Map<String, KernelModule> placed = new LinkedHashMap<>();

  /** Modules whose place is being looked for: each needs or wants the one behind it. */
  private final List<String> open = new ArrayList<>();

  private final Queue<String> later = new ArrayDeque<>();

  ModuleOrder(KernelModules kernel) {
    this.kernel = kernel;
  }

  /** Those that have been added, in order. */
  Collection<KernelModule> modules() {
    return placed.values();
  }

  /** Adds a module, which must be there, and what goes with it. */
  void add(String name) throws IOException {
    place(name);
    while (!later.isEmpty()) {
      place(later.remove());
    }
  }

  private void place(String name) throws IOException {
    if (placed.containsKey(name) || kernel.isBuiltIn(name)) {
      return;
    }
    // A wish leads here only where nothing open is needed, so this circle is of needs alone.
    if (open.contains(name)) {
      List<String> circle = open.subList(open.indexOf(name), open.size());
      throw new FormatException(
          path(name) + ": modules depend on each other in a circle: " + circle);
    }
    if (kernel.file(name).isEmpty()) {
      throw new FormatException(
          path(open.get(open.size() - 1)) + ": depends on " + name + ", which is missing");
    }
    KernelModule module = module(name);
    open.add(name);
    for (String wanted : module.softDepends()) {
      if (kernel.file(wanted).isPresent()) {
        if (needsAnOpenOne(wanted, new HashSet<>())) {
          later.add(wanted);
        } else {
          place(wanted);
        }
      }
    }
    for (String needed : module.depends()) {
      place(needed);
    }
    open.remove(open.size() - 1);
    placed.put(name, module);
  }

  private boolean needsAnOpenOne(String name, Set<String> seen) throws IOException {
    if (open.contains(name)) {
      return true;
    }
    if (placed.containsKey(name)
        || kernel.isBuiltIn(name)
        || kernel.file(name).isEmpty()
        || !seen.add(name)) {
      return false;
    }
    for (String needed : module(name).depends()) {
      if (needsAnOpenOne(needed, seen)) {
        return true;
      }
    }
    return false;
  }

  private KernelModule module(String name) throws IOException {
    KernelModule known = read.get(name);
    if (known == null) {
      known = kernel.read(name);
      read.put(name, known);
    }
    return known;
  }

  private String path(String name) {
    return kernel.file(name).orElseThrow().toString();
  }
}
