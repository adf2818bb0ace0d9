// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.tree.Tree;
import java.io.Closeable;
import java.io.IOException;

/**
 * What is made while the packages' scripts run, one after the other on one processor: the boot
 * loaders and tools, and from these and the unpacked packages the initramfs.
 */
final class BesideScripts implements Closeable {
  /** Makes the initramfs before its turn. */
  interface EarlyInitramfs {
    void make(Tree packages, Tree tools) throws IOException;
  }

  private final Aside<Tree> tools;
  private final Aside<Void> initramfs;
  private volatile Tree packages;

  BesideScripts(Aside<Tree> tools, EarlyInitramfs initramfs) {
    this.tools = tools;
    this.initramfs =
        new Aside<>(
            "initramfs",
            () -> {
              initramfs.make(packages, tools.get());
              return null;
            });
  }

  /** Nothing at all. */
  static BesideScripts nothing() {
    return new BesideScripts(Aside.nothing(), (packages, tools) -> {});
  }

  /** Takes the packages as they are before any script has run. */
  void unpacked(Tree tree) {
    packages = tree;
  }

  /** Starts all of it. */
  void start() {
    tools.start();
    initramfs.start();
  }

  /** The boot loaders and tools, made now if they were not before. */
  Tree tools() throws IOException {
    return tools.get();
  }

  /**
   * Waits for what was started. An initramfs that could not be made from packages alone is made, or
   * fails with its own words, when its turn comes.
   */
  void settle() {
    initramfs.settle();
  }

  @Override
  public void close() {
    initramfs.close();
    tools.close();
  }
}
