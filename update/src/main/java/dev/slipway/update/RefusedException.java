// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.IOException;

/** A bundle that must not be installed here, or not now. Nothing was touched. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what does not fit, and what would. */
  public RefusedException(String message) {
    super(message);
  }
}
