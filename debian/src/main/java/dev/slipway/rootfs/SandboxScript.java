// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes the shell script that process 1 of a sandbox runs: settings and files in front, {@code
 * sandbox.sh} behind.
 */
final class SandboxScript {
  private static final String PROGRAM = "sandbox.sh";
  private static final String HOST_NAME = "localhost";

  private SandboxScript() {}

  static String text(List<SandboxCommand> commands, SandboxSettings settings) throws IOException {
    var out =
        new StringBuilder(
            "set -eu\numask 022\nbase=/tmp\ncd \"$base\"\nmkdir root io io/commands io/stubs io/paths\n");
    out.append("host=").append(HOST_NAME).append('\n');
    out.append("network=").append(settings.network() ? "yes" : "no").append('\n');
    out.append("put() { printf '%s' \"$2\" >\"io/$1\"; }\n");
    out.append(
        "enter() { exec unshare --mount --pid --fork --kill-child sh -c \"$inner\" sh env -i");
    settings
        .variables()
        .forEach((name, value) -> out.append(' ').append(quoted(name + "=" + value)));
    out.append(" chroot . /bin/sh -e \"/run/slipway/$1\"; }\n");
    for (int i = 0; i < commands.size(); i++) {
      put(out, "commands/" + i, commands.get(i).script());
    }
    int stub = 0;
    for (Map.Entry<TreePath, String> entry : settings.stubs().entrySet()) {
      put(out, "paths/" + stub, entry.getKey().relative());
      put(out, "stubs/" + stub, entry.getValue());
      stub++;
    }
    out.append("commands() {\n");
    for (int i = 0; i < commands.size(); i++) {
      out.append("  perform ").append(i).append(commands.get(i).stubbed() ? " yes\n" : " no\n");
    }
    return out.append("}\n").append(program()).toString();
  }

  private static void put(StringBuilder out, String name, String content) {
    out.append("put ").append(name).append(' ').append(quoted(content)).append('\n');
  }

  /** One word of shell, whatever it holds. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static String program() throws IOException {
    try (InputStream in = SandboxScript.class.getResourceAsStream(PROGRAM)) {
      if (in == null) {
        throw new IllegalStateException("bug: the resource " + PROGRAM + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
