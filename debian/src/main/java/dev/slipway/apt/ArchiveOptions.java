// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.time.Instant;

/**
 * How an archive is judged and reached.
 *
 * @param at the instant at which signatures, keys and {@code Valid-Until} are judged; usually now.
 *     A past one admits a snapshot of that time.
 * @param checkValidUntil whether an archive past its date is refused. The default; the machine's
 *     apt configuration may switch it off all the same.
 * @param offline whether everything must be in the store already; not the default
 */
public record ArchiveOptions(Instant at, boolean checkValidUntil, boolean offline) {
  /** The defaults, judged at an instant. */
  public static ArchiveOptions at(Instant instant) {
    return new ArchiveOptions(instant, true, false);
  }

  /** The same, taking archives whatever their date. */
  public ArchiveOptions ignoringValidUntil() {
    return new ArchiveOptions(at, false, offline);
  }

  /** The same without any network. */
  public ArchiveOptions fromStoreOnly() {
    return new ArchiveOptions(at, checkValidUntil, true);
  }
}
