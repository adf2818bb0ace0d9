// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * An address that was opened.
 *
 * @param unchanged there is no body, because the copy that is here is still right
 * @param startsAt the offset in the file at which the body starts
 * @param announcedBytes how many bytes the body is said to have; -1 if nothing is said
 */
record Answer(
    boolean unchanged,
    InputStream body,
    long startsAt,
    long announcedBytes,
    Optional<Validator> validator)
    implements Closeable {

  @Override
  public void close() throws IOException {
    body.close();
  }
}
