// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.ostree.CommitInfo;
import dev.slipway.ostree.FittedTree;
import dev.slipway.ostree.SysrootTree;
import dev.slipway.spec.ImageSpec;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.Optional;

/**
 * The root file system of a disk with the layout {@code ostree}: the system as the first commit of
 * a branch, deployed.
 *
 * <p>Its machines take upgrades from the branch {@code NAME/ARCHITECTURE} of the remote {@code
 * origin}, which a specification adds as a file in {@code /etc/ostree/remotes.d}.
 */
record OstreeRoot(ImageSpec spec, long timeSeconds) {
  private static final String REMOTE = "origin";

  /** The branch of an image. */
  static String branch(ImageSpec spec) {
    return spec.name() + "/" + spec.architecture();
  }

  /** What is said about the commit: the same as {@code slipway ostree commit} has to say. */
  static CommitInfo info(ImageSpec spec, long timeSeconds) {
    return CommitInfo.of(spec.title(), timeSeconds)
        .onBranch(branch(spec))
        .withVersion(spec.version());
  }

  /**
   * Deploys a system.
   *
   * @param system with its kernel and initramfs in {@code /boot}
   * @param kernel the version to start
   */
  Tree of(Tree system, String kernel, KernelCommandLine parameters) throws IOException {
    return SysrootTree.of(
            FittedTree.of(system, timeSeconds, kernel).tree(),
            info(spec, timeSeconds),
            spec.distribution(),
            Optional.of(REMOTE + ":" + branch(spec)),
            parameters)
        .tree();
  }
}
