// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * A moment as FAT has it: two seconds fine, from 1980 to 2107. The format knows no zone; we take it
 * for UTC, as Linux does by default with {@code tz=UTC} and as every machine of a fleet agrees on.
 *
 * @param date bits 15-9 year since 1980, 8-5 month, 4-0 day
 * @param time bits 15-11 hour, 10-5 minute, 4-0 seconds halved
 */
record FatTime(int date, int time) {
  private static final long FIRST = seconds(LocalDateTime.of(1980, 1, 1, 0, 0, 0));
  private static final long LAST = seconds(LocalDateTime.of(2107, 12, 31, 23, 59, 58));

  /** The nearest moment FAT can hold that is not later; times before 1980 become 1980-01-01. */
  static FatTime of(long unixSeconds) {
    LocalDateTime at =
        LocalDateTime.ofEpochSecond(
            Math.max(FIRST, Math.min(LAST, unixSeconds)), 0, ZoneOffset.UTC);
    return new FatTime(
        (at.getYear() - 1980) << 9 | at.getMonthValue() << 5 | at.getDayOfMonth(),
        at.getHour() << 11 | at.getMinute() << 5 | at.getSecond() / 2);
  }

  /** Seconds since 1970; a date that does not exist, such as all zeros, is 1980-01-01. */
  long unixSeconds() {
    try {
      return seconds(
          LocalDateTime.of(
              1980 + (date >> 9),
              date >> 5 & 0xf,
              date & 0x1f,
              time >> 11,
              time >> 5 & 0x3f,
              2 * (time & 0x1f)));
    } catch (DateTimeException e) {
      return FIRST;
    }
  }

  private static long seconds(LocalDateTime at) {
    return at.toEpochSecond(ZoneOffset.UTC);
  }
}
