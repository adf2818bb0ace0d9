// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the boot loader tells the kernel, one parameter an element. A parameter may hold spaces; it
 * is quoted where the form it is written in asks for that.
 */
public record KernelCommandLine(List<String> parameters) {
  /** Nothing to tell. */
  public static final KernelCommandLine NONE = new KernelCommandLine(List.of());

  public KernelCommandLine {
    parameters = List.copyOf(parameters);
    for (String parameter : parameters) {
      if (parameter.isEmpty() || !parameter.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
        throw new IllegalArgumentException(
            "a kernel parameter is printable ASCII text: \"" + parameter + "\"");
      }
      if (parameter.chars().anyMatch(c -> c == '"' || c == '\'' || c == '\\')) {
        throw new IllegalArgumentException(
            "a kernel parameter holds no quotes and no backslashes: " + parameter);
      }
    }
  }

  public static KernelCommandLine of(String... parameters) {
    return new KernelCommandLine(List.of(parameters));
  }

  /**
   * Reads a command line as the kernel does: parameters between spaces, double quotes around what
   * holds spaces.
   */
  public static KernelCommandLine parse(String line) {
    var found = new ArrayList<String>();
    var current = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if ((c == ' ' || c == '\t' || c == '\n') && !quoted) {
        if (current.length() > 0) {
          found.add(current.toString());
          current.setLength(0);
        }
      } else {
        current.append(c);
      }
    }
    if (quoted) {
      throw new IllegalArgumentException(
          "kernel command line: a double quote is opened and not closed: " + line);
    }
    if (current.length() > 0) {
      found.add(current.toString());
    }
    return new KernelCommandLine(found);
  }

  /** These parameters followed by others. */
  public KernelCommandLine and(KernelCommandLine more) {
    var all = new ArrayList<>(parameters);
    all.addAll(more.parameters);
    return new KernelCommandLine(all);
  }

  /** As the kernel reads it. */
  @Override
  public String toString() {
    return parameters.stream()
        .map(p -> p.indexOf(' ') < 0 ? p : "\"" + p + "\"")
        .collect(Collectors.joining(" "));
  }
}
