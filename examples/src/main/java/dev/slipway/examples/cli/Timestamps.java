// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Times as people write them on command lines, and as ostree prints them. */
final class Timestamps {
  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss +0000", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** Reads {@code @1700000000}, {@code 2026-01-31} (its start in UTC) or an RFC 3339 time. */
  static Instant parse(String text) {
    try {
      if (text.startsWith("@")) {
        return Instant.ofEpochSecond(Long.parseLong(text.substring(1)));
      }
      return text.length() == "2026-01-31".length()
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no time; write @1700000000, 2026-01-31 or 2026-01-31T12:00:00Z", e);
    }
  }

  static String show(long seconds) {
    return SHOWN.format(Instant.ofEpochSecond(seconds));
  }
}
