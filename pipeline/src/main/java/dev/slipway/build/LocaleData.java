// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the C library needs to speak a language: it comes with the package locales-all, or is made
 * of the definitions in the package locales.
 *
 * @param name such as {@code de_DE.UTF-8}
 */
record LocaleData(String name) {
  private static final Set<String> BUILT_IN = Set.of("C", "POSIX", "C.UTF-8", "C.utf8");

  /** Name and character map of everything that can be made, a line each. */
  private static final String SUPPORTED = "/usr/share/i18n/SUPPORTED";

  /**
   * The command that makes it; none when it is there.
   *
   * @throws BuildException when there is nothing to make it of
   */
  Optional<String> command(Tree tree) throws IOException {
    if (BUILT_IN.contains(name) || isIn(tree)) {
      return Optional.empty();
    }
    if (!tree.contains(SUPPORTED)) {
      throw new BuildException(
          "the image has no locale " + name + "; add the package locales, or use C.UTF-8");
    }
    String characters =
        new String(tree.read(SUPPORTED), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith(name + " "))
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .findFirst()
            .orElseThrow(
                () ->
                    new BuildException(
                        "the package locales knows no locale "
                            + name
                            + "; names are written like de_DE.UTF-8, all are in "
                            + SUPPORTED));
    // Neither an archive nor links: how those look depends on what else was made before.
    return Optional.of(
        "localedef --no-archive --no-hard-links -i "
            + name.replaceFirst("\\.[^@]*", "")
            + " -f "
            + characters
            + " "
            + name);
  }

  /** The C library looks for the name as it is, and with its character map in small letters. */
  private boolean isIn(Tree tree) {
    int dot = name.indexOf('.');
    int end = name.contains("@") ? name.indexOf('@') : name.length();
    String normal = name;
    if (dot >= 0) {
      String map =
          name.substring(dot + 1, end).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
      normal = name.substring(0, dot + 1) + map + name.substring(end);
    }
    return tree.contains("/usr/lib/locale/" + name) || tree.contains("/usr/lib/locale/" + normal);
  }
}
