// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.io.IOException;

/**
 * Something is not signed by anyone who is trusted. The message names it, says of every signature
 * why it does not count, and what to do.
 */
public final class UntrustedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what is not trusted and why. */
  public UntrustedException(String message) {
    super(message);
  }
}
