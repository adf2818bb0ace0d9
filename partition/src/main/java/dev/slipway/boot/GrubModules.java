// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.FormatException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which GRUB module needs which others: {@code moddep.lst}, a line {@code name: need need} each.
 */
final class GrubModules {
  private final String source;
  private final Map<String, List<String>> needs;

  private GrubModules(String source, Map<String, List<String>> needs) {
    this.source = source;
    this.needs = needs;
  }

  static GrubModules read(String source, String text) throws FormatException {
    var needs = new TreeMap<String, List<String>>();
    if (!text.endsWith("\n")) {
      throw new FormatException(source + ": the last line has no end; is the file cut off?");
    }
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      int colon = line.indexOf(':');
      if (colon < 1 || !line.matches("[A-Za-z0-9_]+:[A-Za-z0-9_ ]*")) {
        throw new FormatException(
            source + ": line " + number + ": found \"" + line + "\", expected \"name: need need\"");
      }
      String rest = line.substring(colon + 1).strip();
      needs.put(line.substring(0, colon), rest.isEmpty() ? List.of() : List.of(rest.split(" +")));
    }
    return new GrubModules(source, needs);
  }

  /** The wanted modules and all they need, each behind what it needs. */
  Set<String> closure(List<String> wanted) throws FormatException {
    var ordered = new LinkedHashSet<String>();
    for (String module : wanted) {
      add(module, ordered, new LinkedHashSet<>());
    }
    return ordered;
  }

  private void add(String module, Set<String> ordered, Set<String> above) throws FormatException {
    if (ordered.contains(module)) {
      return;
    }
    if (!above.add(module)) {
      throw new FormatException(source + ": modules need each other in a circle: " + above);
    }
    List<String> needed = needs.get(module);
    if (needed == null) {
      throw new FormatException(source + ": there is no module \"" + module + "\"");
    }
    for (String need : needed) {
      add(need, ordered, above);
    }
    above.remove(module);
    ordered.add(module);
  }
}
