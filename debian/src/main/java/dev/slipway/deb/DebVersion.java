// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

/**
 * A version of a Debian package: {@code [epoch:]upstream[-revision]}.
 *
 * <p>The order is Debian's, and it is coarser than equality: {@code 1.0} and {@code 1.0-0} compare
 * as 0 but are different texts, so {@link #equals} tells them apart. Use {@link #compareTo} to ask
 * which is newer.
 *
 * @see <a href="https://www.debian.org/doc/debian-policy/ch-controlfields.html#version">Debian
 *     Policy, 5.6.12</a>
 */
public final class DebVersion implements Comparable<DebVersion> {
  private final String text;
  private final int epoch;
  private final int upstreamStart;
  private final int upstreamEnd;

  private DebVersion(String text, int epoch, int upstreamStart, int upstreamEnd) {
    this.text = text;
    this.epoch = epoch;
    this.upstreamStart = upstreamStart;
    this.upstreamEnd = upstreamEnd;
  }

  /**
   * Reads a version.
   *
   * @throws IllegalArgumentException naming the text and what is wrong with it
   */
  public static DebVersion parse(String text) {
    int colon = text.indexOf(':');
    int epoch = colon < 0 ? 0 : epoch(text, colon);
    int start = colon + 1;
    int dash = text.lastIndexOf('-');
    int end = dash < start ? text.length() : dash;
    if (end == start) {
      throw wrong(
          text, "there is nothing " + (dash < start ? "to compare" : "before the revision"));
    }
    if (dash == text.length() - 1) {
      throw wrong(text, "the revision behind the last - is empty");
    }
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean revision = i > end;
      if (!isLetter(c)
          && !isDigit(c)
          && c != '.'
          && c != '+'
          && c != '~'
          && (revision || (c != '-' && c != ':'))) {
        throw wrong(
            text, "'" + c + "' is not allowed in " + (revision ? "a revision" : "a version"));
      }
    }
    return new DebVersion(text, epoch, start, end);
  }

  private static int epoch(String text, int colon) {
    if (colon == 0) {
      throw wrong(text, "the epoch before the : is empty");
    }
    long value = 0;
    for (int i = 0; i < colon; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        throw wrong(text, "the epoch \"" + text.substring(0, colon) + "\" is not a number");
      }
      value = value * 10 + (c - '0');
      if (value > Integer.MAX_VALUE) {
        throw wrong(text, "the epoch is larger than " + Integer.MAX_VALUE);
      }
    }
    return (int) value;
  }

  private static IllegalArgumentException wrong(String text, String reason) {
    return new IllegalArgumentException("\"" + text + "\" is not a Debian version: " + reason);
  }

  /** 0 when the text has none. */
  public int epoch() {
    return epoch;
  }

  public String upstream() {
    return text.substring(upstreamStart, upstreamEnd);
  }

  /** Empty when the text has none, as for packages made by Debian itself. */
  public String revision() {
    return upstreamEnd == text.length() ? "" : text.substring(upstreamEnd + 1);
  }

  @Override
  public int compareTo(DebVersion other) {
    if (epoch != other.epoch) {
      return Integer.compare(epoch, other.epoch);
    }
    int upstream =
        compareParts(
            text, upstreamStart, upstreamEnd, other.text, other.upstreamStart, other.upstreamEnd);
    if (upstream != 0) {
      return upstream;
    }
    return compareParts(
        text,
        Math.min(text.length(), upstreamEnd + 1),
        text.length(),
        other.text,
        Math.min(other.text.length(), other.upstreamEnd + 1),
        other.text.length());
  }

  /**
   * Compares a run of non-digits, then a run of digits, and so on. What has ended counts as no
   * non-digits and as the number 0.
   */
  private static int compareParts(String a, int aStart, int aEnd, String b, int bStart, int bEnd) {
    int i = aStart;
    int j = bStart;
    while (i < aEnd || j < bEnd) {
      while ((i < aEnd && !isDigit(a.charAt(i))) || (j < bEnd && !isDigit(b.charAt(j)))) {
        int difference = rank(a, i, aEnd) - rank(b, j, bEnd);
        if (difference != 0) {
          return difference;
        }
        i++;
        j++;
      }
      i = skipZeros(a, i, aEnd);
      j = skipZeros(b, j, bEnd);
      int firstDifference = 0;
      while (i < aEnd && j < bEnd && isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
        if (firstDifference == 0) {
          firstDifference = a.charAt(i) - b.charAt(j);
        }
        i++;
        j++;
      }
      if (i < aEnd && isDigit(a.charAt(i))) {
        return 1; // more digits: the larger number
      }
      if (j < bEnd && isDigit(b.charAt(j))) {
        return -1;
      }
      if (firstDifference != 0) {
        return firstDifference;
      }
    }
    return 0;
  }

  /** The tilde sorts before everything, even the end; letters before all other signs. */
  private static int rank(String text, int at, int end) {
    if (at >= end || isDigit(text.charAt(at))) {
      return 0;
    }
    char c = text.charAt(at);
    return c == '~' ? -1 : isLetter(c) ? c : c + 256;
  }

  private static int skipZeros(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DebVersion that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The text as it was read. */
  @Override
  public String toString() {
    return text;
  }
}
