// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.Tool;
import dev.slipway.testing.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Logs in on an emulated machine as root, with a key that its specification names. */
record SecureShell(Path key) {
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  /** The status of ssh itself, when it reaches nobody. */
  private static final int NOT_REACHED = 255;

  static SecureShell withNewKey(Path key) throws IOException, InterruptedException {
    Tool.output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
    return new SecureShell(key);
  }

  /** The line for {@code authorized_keys}. */
  String publicKey() throws IOException {
    return Files.readString(Path.of(key + ".pub")).strip();
  }

  /** What a command on the machine prints; asks until the machine answers. */
  String output(VirtualMachine machine, String command) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      Process process = start(machine, command);
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != NOT_REACHED) {
        return output.strip();
      }
      assertThat(Instant.now())
          .as("ssh answers in time; the console said:\n%s", machine.console())
          .isBefore(end);
      Thread.sleep(1000);
    }
  }

  /** Gives a command once, after which the connection may end before an answer comes. */
  void once(VirtualMachine machine, String command) throws Exception {
    start(machine, command).waitFor();
  }

  private Process start(VirtualMachine machine, String command) throws IOException {
    String[] words = {
      "ssh",
      "-q",
      "-i",
      key.toString(),
      "-p",
      Integer.toString(machine.sshPort()),
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
      "-o",
      "ConnectTimeout=20",
      "-o",
      "ServerAliveInterval=30",
      "root@127.0.0.1",
      command
    };
    return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
