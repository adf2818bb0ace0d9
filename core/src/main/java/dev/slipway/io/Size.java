// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, with the units people write. One KiB is 1024 bytes. */
public record Size(long bytes) implements Comparable<Size> {
  private static final Pattern TEXT =
      Pattern.compile("([0-9]+)\\s*(|B|[KMGT](?:iB|B)?)", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "KMGT";

  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size must not be negative: " + bytes);
    }
  }

  public static Size bytes(long count) {
    return new Size(count);
  }

  public static Size kib(long count) {
    return new Size(Math.multiplyExact(count, 1L << 10));
  }

  public static Size mib(long count) {
    return new Size(Math.multiplyExact(count, 1L << 20));
  }

  public static Size gib(long count) {
    return new Size(Math.multiplyExact(count, 1L << 30));
  }

  /**
   * Reads {@code 512}, {@code 64M}, {@code 64 MiB}, {@code 2G}: units are powers of 1024 and their
   * case does not matter.
   *
   * @throws IllegalArgumentException naming the text and what would fit
   */
  public static Size parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not a size; write a whole number with KiB, MiB, GiB or TiB, such as \"512 MiB\"");
    }
    try {
      long number = Long.parseLong(matcher.group(1));
      String unit = matcher.group(2).toUpperCase(Locale.ROOT);
      int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit.charAt(0)) + 1;
      return new Size(Math.multiplyExact(number, 1L << (10 * power)));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException("\"" + text + "\" is more than 8 EiB", e);
    }
  }

  /** This size rounded up to a multiple of a step. */
  public Size roundedUpTo(Size step) {
    return new Size(Math.multiplyExact(-Math.floorDiv(-bytes, step.bytes), step.bytes));
  }

  @Override
  public int compareTo(Size other) {
    return Long.compare(bytes, other.bytes);
  }

  /**
   * {@code 64 MiB} when the unit divides the size exactly, {@code 412.5 MiB} rounded to a tenth
   * otherwise.
   */
  @Override
  public String toString() {
    int power = 0;
    while (power < UNITS.length() && bytes >= 1L << (10 * (power + 1))) {
      power++;
    }
    if (power == 0) {
      return bytes + " B";
    }
    long unit = 1L << (10 * power);
    String number =
        bytes % unit == 0
            ? Long.toString(bytes / unit)
            : String.format(Locale.ROOT, "%.1f", (double) bytes / unit);
    return number + " " + UNITS.charAt(power - 1) + "iB";
  }
}
