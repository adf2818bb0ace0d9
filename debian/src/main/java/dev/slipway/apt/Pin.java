// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A preference among versions of packages.
 *
 * @param packages a package's name, in which {@code *} and {@code ?} stand for any signs
 * @param by what the value is compared with
 * @param value a version (which may end in {@code *}), or a word of a Release file
 * @param priority what apt_preferences(5) says: below 0 never, 1 to 99 only when nothing else is
 *     there, 500 as usual, more before the usual
 * @see <a
 *     href="https://manpages.debian.org/bookworm/apt/apt_preferences.5.en.html">apt_preferences(5)</a>
 */
public record Pin(String packages, By by, String value, int priority) {

  /** What a version is known by. */
  public enum By {
    VERSION,
    SUITE,
    CODENAME,
    COMPONENT,
    ORIGIN,
    LABEL
  }

  public Pin {
    Objects.requireNonNull(by);
    if (packages.isEmpty() || packages.contains("\n") || value.isEmpty() || value.contains("\n")) {
      throw new IllegalArgumentException(
          "a pin needs a package's name and a value, each on one line");
    }
    if (priority == 0) {
      throw new IllegalArgumentException(
          "a pin's priority must not be 0; write a negative one to forbid versions");
    }
  }

  boolean matches(BinaryPackage candidate) {
    IndexOrigin origin = candidate.index().origin();
    return glob(packages, candidate.name())
        && switch (by) {
          case VERSION -> glob(value, candidate.version().toString());
          case SUITE -> value.equals(origin.suite());
          case CODENAME -> value.equals(origin.codename());
          case COMPONENT -> value.equals(origin.component());
          case ORIGIN -> value.equals(origin.origin());
          case LABEL -> value.equals(origin.label());
        };
  }

  private static boolean glob(String pattern, String text) {
    if (pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0) {
      return pattern.equals(text);
    }
    var expression = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.matches(expression.toString(), text);
  }
}
