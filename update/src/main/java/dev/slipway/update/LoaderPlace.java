// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.tree.Content;
import java.io.IOException;
import java.time.Instant;
import java.util.SortedMap;

/** The two places of a disk for boot loaders of one kind. */
interface LoaderPlace {
  /** The number of the place that the firmware does not know of. */
  int spare();

  /** The files of the confirmed boot loader, as a bundle has them. */
  SortedMap<String, Content> confirmed() throws IOException;

  /** Refuses files that cannot be written here, and a place that cannot be written to now. */
  void check(SortedMap<String, Content> files) throws IOException;

  /** Puts files into the spare place, and flushes them. */
  void write(SortedMap<String, Content> files, Instant builtAt) throws IOException;

  /** What the spare place holds, read from the device. */
  SortedMap<String, Content> written() throws IOException;
}
