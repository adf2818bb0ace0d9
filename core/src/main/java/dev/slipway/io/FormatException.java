// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;

/**
 * An input breaks its format: truncated, altered, hostile, or of a kind we do not read.
 *
 * <p>The message names the source, the place in it, the field, and what was expected and found:
 * {@code busybox.deb: data.tar.xz: entry 118 at byte 60416: checksum: found 0x1a2b, expected
 * 0x1a2c}.
 */
public class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong and where. */
  public FormatException(String message) {
    super(message);
  }

  /** Says what is wrong and where, with the error that showed it. */
  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
