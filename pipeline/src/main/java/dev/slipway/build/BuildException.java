// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import java.io.IOException;

/** A build cannot go on, for a reason its user can mend. The message says how. */
public final class BuildException extends IOException {
  private static final long serialVersionUID = 1L;

  BuildException(String message) {
    super(message);
  }

  BuildException(String message, Throwable cause) {
    super(message, cause);
  }
}
