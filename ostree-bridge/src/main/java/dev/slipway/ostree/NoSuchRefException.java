// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.io.IOException;

/** Nothing in a repository goes by a name. */
public final class NoSuchRefException extends IOException {
  private static final long serialVersionUID = 1L;

  NoSuchRefException(String message) {
    super(message);
  }
}
