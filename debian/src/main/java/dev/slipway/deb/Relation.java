// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import java.util.List;

/**
 * One package named by a dependency field: {@code libc6 (>= 2.36)}, {@code python3:any}, {@code
 * grub-pc [amd64]}.
 *
 * @param name the package's name
 * @param qualifier what stands behind the colon: {@code any}, {@code native}, an architecture;
 *     empty when nothing does
 * @param operator how the version must compare
 * @param version null when the operator is {@link Operator#ANY}
 * @param architectures the restriction in brackets, as written ({@code amd64}, {@code !arm64},
 *     {@code linux-any}); empty when there is none
 * @see <a href="https://www.debian.org/doc/debian-policy/ch-relationships.html">Debian Policy,
 *     chapter 7</a>
 */
public record Relation(
    String name,
    String qualifier,
    Operator operator,
    DebVersion version,
    List<String> architectures) {

  /** How a version compares with the one that is asked for. */
  public enum Operator {
    ANY(""),
    EARLIER("<<"),
    EARLIER_OR_EQUAL("<="),
    EQUAL("="),
    LATER_OR_EQUAL(">="),
    LATER(">>");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    /** As fields write it: {@code >=}. Empty for {@link #ANY}. */
    public String sign() {
      return sign;
    }

    boolean holds(int comparison) {
      return switch (this) {
        case ANY -> true;
        case EARLIER -> comparison < 0;
        case EARLIER_OR_EQUAL -> comparison <= 0;
        case EQUAL -> comparison == 0;
        case LATER_OR_EQUAL -> comparison >= 0;
        case LATER -> comparison > 0;
      };
    }
  }

  public Relation {
    architectures = List.copyOf(architectures);
    if ((operator == Operator.ANY) != (version == null)) {
      throw new IllegalArgumentException(
          name + ": a version goes with an operator, and only with one");
    }
  }

  /** A relation to any version of a package. */
  public static Relation toAny(String name) {
    return new Relation(name, "", Operator.ANY, null, List.of());
  }

  /** Whether a version of the named package is what this asks for. */
  public boolean matches(DebVersion candidate) {
    return operator == Operator.ANY || operator.holds(candidate.compareTo(version));
  }

  /**
   * Whether the restriction in brackets lets this count on an architecture: without one always,
   * else when it is listed, or when only others are excluded.
   *
   * @param architecture a Debian architecture's name, such as {@code arm64}
   */
  public boolean appliesTo(String architecture) {
    if (architectures.isEmpty()) {
      return true;
    }
    boolean excluding = false;
    for (String entry : architectures) {
      boolean negative = entry.startsWith("!");
      excluding |= negative;
      if (isMatch(negative ? entry.substring(1) : entry, architecture)) {
        return !negative;
      }
    }
    return excluding;
  }

  /** Wildcards as Debian uses them for Linux: {@code any}, {@code linux-any}, {@code any-arm64}. */
  private static boolean isMatch(String pattern, String architecture) {
    return pattern.equals("any")
        || pattern.equals("linux-any")
        || pattern.equals(architecture)
        || pattern.equals("any-" + architecture)
        || pattern.equals("linux-" + architecture);
  }

  /** As a field writes it. */
  @Override
  public String toString() {
    return name
        + (qualifier.isEmpty() ? "" : ":" + qualifier)
        + (version == null ? "" : " (" + operator.sign() + " " + version + ")")
        + (architectures.isEmpty() ? "" : " [" + String.join(" ", architectures) + "]");
  }
}
