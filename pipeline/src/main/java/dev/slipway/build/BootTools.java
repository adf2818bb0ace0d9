// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.LockFile;
import dev.slipway.progress.Progress;
import dev.slipway.rootfs.Rootfs;
import dev.slipway.rootfs.RootfsOptions;
import dev.slipway.store.Blob;
import dev.slipway.store.Key;
import dev.slipway.store.Store;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The step that unpacks the build-only packages: boot loaders and the programs of the initramfs.
 *
 * @param timeSeconds the image's time
 */
record BootTools(PackageChoice choice, LockFile lock, long timeSeconds) {
  static final String STEP = "boot loaders and tools";

  /** The disk that boot loaders go to. */
  interface Disk {
    ImageDisk of(Tree tools) throws IOException;
  }

  Key key() {
    return Key.of("tools", 1)
        .with("tool", Tool.id())
        .with("packages", lock.build().stream().map(each -> each + " " + each.digest()).toList());
  }

  /**
   * Unpacks the packages beside other work, and packs the core image from them, unless both are in
   * the store.
   */
  Aside<Tree> aside(Store store, Steps steps, Disk disk, Progress progress) {
    return new Aside<>(
        "boot-tools",
        () -> {
          Optional<Tree> kept = steps.kept(key());
          Tree tree = kept.isPresent() ? kept.get() : unpacked(store, progress);
          disk.of(tree).cacheCore();
          return tree;
        });
  }

  private Tree unpacked(Store store, Progress progress) throws IOException {
    List<Blob> debs = choice.fetchTools(lock, progress);
    // One thread: the commands in the sandbox have the other processor.
    return Rootfs.in(store)
        .withThreads(1)
        .unpack(
            debs, RootfsOptions.of(lock.platform().architecture().name(), timeSeconds), progress);
  }
}
