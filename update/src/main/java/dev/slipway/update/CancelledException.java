// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.IOException;

/** Somebody asked to stop. What was written stays, and the next run goes on from there. */
public final class CancelledException extends IOException {
  private static final long serialVersionUID = 1L;

  CancelledException() {
    super("cancelled; installing the same bundle again goes on from here");
  }
}
