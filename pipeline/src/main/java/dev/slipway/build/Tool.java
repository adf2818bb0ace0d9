// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.store.Program;

/** What made an image. */
public final class Tool {
  /** Part of every manifest; releases change it. */
  public static final String VERSION = "0.1.0";

  private Tool() {}

  /** The version and the program itself: an input of every step. */
  static String id() {
    return VERSION + " " + Program.id();
  }
}
