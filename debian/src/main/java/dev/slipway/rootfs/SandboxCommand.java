// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.util.Objects;

/**
 * A shell script to run as root inside a tree.
 *
 * @param name what it does, as a user would say it; progress and errors name it
 * @param script text for {@code /bin/sh -e}
 * @param stubbed whether the settings' stubs stand in for programs meanwhile
 */
public record SandboxCommand(String name, String script, boolean stubbed) {
  public SandboxCommand {
    Objects.requireNonNull(name, "name");
    if (script.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("command \"" + name + "\": a script cannot hold NUL");
    }
  }

  /** A script that meets the tree's own programs only. */
  public static SandboxCommand of(String name, String script) {
    return new SandboxCommand(name, script, false);
  }
}
