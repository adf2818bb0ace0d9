// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.util.List;
import java.util.Objects;

/**
 * How packages become a root file system.
 *
 * @param architecture Debian's name of the system's architecture: {@code amd64}
 * @param epochSeconds no file will be younger; commands see it as {@code SOURCE_DATE_EPOCH}
 * @param preseed answers to packages' questions, as {@code debconf-set-selections} takes them; none
 *     by default
 * @param initramfsTools whether {@code update-initramfs} runs, should it be among the packages;
 *     off, because it takes most of the time and an image brings an initramfs of its own
 * @param ids numbers that users and groups must have; none by default
 * @param commands what runs in the sandbox when all packages are configured
 * @param network whether those and the packages' scripts have the host's network; off, because a
 *     result would then depend on it
 */
public record RootfsOptions(
    String architecture,
    long epochSeconds,
    String preseed,
    boolean initramfsTools,
    IdTable ids,
    List<SandboxCommand> commands,
    boolean network) {
  public RootfsOptions {
    Objects.requireNonNull(ids, "ids");
    commands = List.copyOf(commands);
    if (!architecture.matches("[a-z0-9][a-z0-9-]*")) {
      throw new IllegalArgumentException(
          "not the name of a Debian architecture: \"" + architecture + "\"");
    }
  }

  /** The defaults for an architecture and an instant. */
  public static RootfsOptions of(String architecture, long epochSeconds) {
    return new RootfsOptions(
        architecture, epochSeconds, "", false, IdTable.EMPTY, List.of(), false);
  }

  /** The same with answers for debconf. */
  public RootfsOptions withPreseed(String selections) {
    return new RootfsOptions(
        architecture, epochSeconds, selections, initramfsTools, ids, commands, network);
  }

  /** The same with or without {@code update-initramfs}. */
  public RootfsOptions withInitramfsTools(boolean run) {
    return new RootfsOptions(architecture, epochSeconds, preseed, run, ids, commands, network);
  }

  /** The same with numbers from a lock file. */
  public RootfsOptions withIds(IdTable locked) {
    return new RootfsOptions(
        architecture, epochSeconds, preseed, initramfsTools, locked, commands, network);
  }

  /** The same with commands to run at the end. */
  public RootfsOptions withCommands(List<SandboxCommand> last) {
    return new RootfsOptions(
        architecture, epochSeconds, preseed, initramfsTools, ids, last, network);
  }

  /** The same with or without the host's network. */
  public RootfsOptions withNetwork(boolean there) {
    return new RootfsOptions(
        architecture, epochSeconds, preseed, initramfsTools, ids, commands, there);
  }
}
