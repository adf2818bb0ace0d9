// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.util.List;

/**
 * A command in a {@link Sandbox} failed, or the sandbox itself could not be had. The message says
 * which, and how to mend it where we know.
 */
public class SandboxException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> output;

  SandboxException(String message, List<String> output) {
    super(message);
    this.output = List.copyOf(output);
  }

  SandboxException(String message) {
    this(message, List.of());
  }

  /** The last lines that the command printed, oldest first. */
  public List<String> output() {
    return output;
  }
}
