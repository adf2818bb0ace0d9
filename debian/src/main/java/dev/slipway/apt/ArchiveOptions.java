// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.time.Instant;

/**
 * How an archive is judged and reached.
 *
 * @param at the instant at which signatures, keys and {@code Valid-Until} are judged; usually now.
 *     A past one admits a snapshot of that time.
 * @param validUntil whether an archive past its date is refused
 * @param offline whether everything must be in the store already; not the default
 */
public record ArchiveOptions(Instant at, ValidUntil validUntil, boolean offline) {
  /** What the date means after which an archive's signature holds no more. */
  public enum ValidUntil {
    /** As the machine's apt configuration and the source say; they refuse unless told otherwise. */
    AS_CONFIGURED,
    /** Archives past their date are refused, whatever the machine's apt configuration says. */
    CHECKED,
    /** Archives are taken whatever their date. */
    IGNORED
  }

  /** The defaults, judged at an instant. */
  public static ArchiveOptions at(Instant instant) {
    return new ArchiveOptions(instant, ValidUntil.AS_CONFIGURED, false);
  }

  /** The same with another meaning of {@code Valid-Until}. */
  public ArchiveOptions withValidUntil(ValidUntil meaning) {
    return new ArchiveOptions(at, meaning, offline);
  }

  /** Whether an archive past its date is refused, where this is what is configured. */
  boolean checksValidUntil(boolean configured) {
    return switch (validUntil) {
      case AS_CONFIGURED -> configured;
      case CHECKED -> true;
      case IGNORED -> false;
    };
  }

  /** The same without any network. */
  public ArchiveOptions fromStoreOnly() {
    return new ArchiveOptions(at, validUntil, true);
  }
}
