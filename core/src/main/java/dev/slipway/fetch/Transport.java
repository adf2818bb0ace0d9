// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.util.Optional;

/** Opens an address once. */
interface Transport {
  /**
   * Opens what is wanted.
   *
   * @param from the offset at which the bytes should start; the answer may nevertheless start at 0
   * @param begun the mark of the version whose beginning is already here, when {@code from} is not
   *     0
   */
  Answer open(Request request, long from, Optional<Validator> begun) throws FetchException;
}
