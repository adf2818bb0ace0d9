// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes the shell scripts that process 1 of a sandbox runs: settings in front, {@code sandbox.sh}
 * behind, then the commands of each stage.
 */
final class SandboxScript {
  private static final String PROGRAM = "sandbox.sh";
  private static final String HOST_NAME = "localhost";

  private SandboxScript() {}

  /** Everything but the stages. */
  static String program(SandboxSettings settings) throws IOException {
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
    int stub = 0;
    for (Map.Entry<TreePath, String> entry : settings.stubs().entrySet()) {
      put(out, "paths/" + stub, entry.getKey().relative());
      put(out, "stubs/" + stub, entry.getValue());
      stub++;
    }
    return out.append(program()).toString();
  }

  /**
   * One stage, see {@code sandbox.sh}.
   *
   * @param first the number of the first command
   * @param archiveBytes what of the input is the archive; 0 for all that is left of it, which makes
   *     this stage the last
   */
  static String stage(List<SandboxCommand> commands, int first, long archiveBytes) {
    var out = new StringBuilder("archive=").append(archiveBytes).append('\n');
    for (int i = 0; i < commands.size(); i++) {
      put(out, "commands/" + (first + i), commands.get(i).script());
    }
    out.append("commands() {\n  :\n");
    for (int i = 0; i < commands.size(); i++) {
      out.append("  perform ")
          .append(first + i)
          .append(commands.get(i).stubbed() ? " yes\n" : " no\n");
    }
    return out.append("}\n").toString();
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
