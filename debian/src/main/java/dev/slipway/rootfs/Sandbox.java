// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.progress.Progress;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.List;

/**
 * The one narrow door through which maintainer scripts and other programs run on a tree: a tree
 * goes in, commands run, a tree comes out.
 *
 * <p>The commands see the tree as their root directory: their own processes, mounts, network and
 * host name, a small {@code /dev}, fresh {@code /run} and {@code /tmp}; {@code /proc/sys} is
 * read-only. Whatever they start ends with them, and nothing of it is left on the host, even when
 * this process is killed.
 *
 * <p>This keeps packages from depending on the host by accident. It is no defence against one that
 * means harm: commands see nothing of the host's file systems and processes, but they run as root.
 * Through {@link #namespaces} that reaches only what the calling user may do anyway; through {@link
 * #chroot} it is the host's root, to whom a kernel has many doors.
 *
 * <p>What the commands did not touch comes back as it went in, contents and times included. What
 * they wrote has its contents in {@code keeper} and, where a file's time lies within the run, the
 * time of the settings. Devices stay outside meanwhile and stand at their places again afterwards.
 */
public interface Sandbox {

  /**
   * Runs commands in order, stage by stage.
   *
   * @param stages at least one
   * @throws SandboxException when a command fails, naming it and showing what it printed last; or
   *     when this door cannot be used here, saying what to install or enable
   * @throws IOException of a stage that could not be made, as it was thrown
   */
  Tree run(
      List<SandboxStage> stages, SandboxSettings settings, ContentKeeper keeper, Progress progress)
      throws IOException;

  /** Runs commands in order on a tree that is there. */
  default Tree run(
      Tree tree,
      List<SandboxCommand> commands,
      SandboxSettings settings,
      ContentKeeper keeper,
      Progress progress)
      throws IOException {
    return commands.isEmpty()
        ? tree
        : run(List.of(SandboxStage.of(tree, commands)), settings, keeper, progress);
  }

  /**
   * Says why this door cannot be used on this machine, and how to mend that.
   *
   * @throws SandboxException when it cannot
   */
  void check() throws IOException;

  /**
   * The same door, which also does something short at the moment the last stage's first command
   * begins to run: commands run one after the other, and nothing is left to be made for them, so
   * from then on other processors are idle. A door that cannot tell leaves it out.
   */
  default Sandbox whenRunning(Runnable action) {
    return this;
  }

  /**
   * User namespaces: needs no privilege, but subordinate ids for the calling user ({@code
   * /etc/subuid}) and the {@code uidmap} package.
   */
  static Sandbox namespaces() {
    return new ChildSandbox(SandboxDoor.namespaces());
  }

  /** A change of root in namespaces of its own: needs root. */
  static Sandbox chroot() {
    return new ChildSandbox(SandboxDoor.chroot());
  }

  /**
   * {@link #chroot()} when this process is root, {@link #namespaces()} otherwise. The tree that
   * comes out is the same.
   */
  static Sandbox best() {
    return HostUser.current().isRoot() ? chroot() : namespaces();
  }
}
