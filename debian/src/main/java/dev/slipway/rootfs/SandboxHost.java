// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine around a sandbox, as far as it decides whether a door opens: its programs, its
 * subordinate ids and its kernel's settings.
 *
 * @param searchPath where its programs are
 * @param root where its {@code /etc} and {@code /proc} are
 */
record SandboxHost(List<Path> searchPath, Path root) {
  /** This machine. */
  static final SandboxHost HERE =
      new SandboxHost(
          Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
              .map(Path::of)
              .toList(),
          Path.of("/"));

  /** The search path as a shell has it. */
  String path() {
    return searchPath.stream().map(Path::toString).collect(Collectors.joining(":"));
  }

  Optional<Path> find(String program) {
    return searchPath.stream()
        .map(directory -> directory.resolve(program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What may keep root from namespaces of its own, with its remedy. */
  List<String> obstaclesForRoot() {
    return List.of(
        "inside a container, start it with the right to mount (--privileged, or --cap-add SYS_ADMIN"
            + " without its seccomp and AppArmor profiles)");
  }

  /** Everything that is known to stand in the way of user namespaces, each with its remedy. */
  List<String> obstaclesFor(HostUser user) {
    var problems = new ArrayList<String>();
    if (find("newuidmap").isEmpty() || find("newgidmap").isEmpty()) {
      problems.add("newuidmap is missing: install the package uidmap");
    }
    for (String file : List.of("/etc/subuid", "/etc/subgid")) {
      if (!hasSubordinateIds(file, user)) {
        String option = file.endsWith("uid") ? "--add-subuids" : "--add-subgids";
        problems.add(
            file
                + " gives user "
                + user.name()
                + " no subordinate ids: as root, usermod "
                + option
                + " 100000-165535 "
                + user.name());
      }
    }
    setting("user.max_user_namespaces", "0", "65536").ifPresent(problems::add);
    setting("kernel.unprivileged_userns_clone", "0", "1").ifPresent(problems::add);
    setting("kernel.apparmor_restrict_unprivileged_userns", "1", "0").ifPresent(problems::add);
    return problems;
  }

  private boolean hasSubordinateIds(String file, HostUser user) {
    try {
      return Files.readAllLines(at(file)).stream()
          .map(line -> line.split(":")[0])
          .anyMatch(who -> who.equals(user.name()) || who.equals(Long.toString(user.uid())));
    } catch (IOException e) {
      return false;
    }
  }

  /** A kernel without the setting does not refuse by it. */
  private Optional<String> setting(String name, String blocking, String remedy) {
    try {
      String value = Files.readString(at("/proc/sys/" + name.replace('.', '/'))).strip();
      return value.equals(blocking)
          ? Optional.of(
              "the kernel is set to refuse user namespaces: as root, sysctl -w "
                  + name
                  + "="
                  + remedy)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path at(String path) {
    return root.resolve(path.substring(1));
  }
}
