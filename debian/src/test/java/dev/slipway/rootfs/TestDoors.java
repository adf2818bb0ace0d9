// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The doors of the sandbox as tests use them: the one for ordinary users is entered as an ordinary
 * user, even when the tests run as root.
 */
final class TestDoors {
  private static final String USER = "slipway-test";

  private TestDoors() {}

  static SandboxDoor chroot() {
    Assumptions.assumeTrue(HostUser.current().isRoot(), "the door \"chroot\" needs root");
    return SandboxDoor.chroot();
  }

  static SandboxDoor namespaces() throws IOException, InterruptedException {
    if (!HostUser.current().isRoot()) {
      return SandboxDoor.namespaces();
    }
    Assumptions.assumeTrue(
        Tool.find("newuidmap").isPresent(), "needs newuidmap: apt-get install uidmap");
    return as(ordinaryUser());
  }

  /** The door for ordinary users, entered as a given one. */
  static SandboxDoor as(HostUser user) {
    return new SandboxDoor(List.of("runuser", "-u", user.name(), "--"), user, true);
  }

  /** useradd gives a new user subordinate ids. */
  private static HostUser ordinaryUser() throws IOException, InterruptedException {
    if (uid(USER).isEmpty()) {
      Tool.run(Map.of(), "useradd", "--no-create-home", USER);
    }
    return new HostUser(USER, uid(USER).orElseThrow());
  }

  private static Optional<Long> uid(String name) throws IOException {
    return Files.readAllLines(Path.of("/etc/passwd")).stream()
        .map(line -> line.split(":"))
        .filter(fields -> fields[0].equals(name))
        .map(fields -> Long.parseLong(fields[2]))
        .findFirst();
  }
}
