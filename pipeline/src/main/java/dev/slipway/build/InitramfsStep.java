// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.boot.InitramfsTools;
import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.spec.DiskSettings.Initramfs;
import dev.slipway.store.Blob;
import dev.slipway.store.BlobWriter;
import dev.slipway.store.Key;
import dev.slipway.store.Store;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The step that makes what the kernel starts with: our own initramfs, or Debian's, made in a copy
 * of the finished system that is thrown away.
 *
 * @param commands runs shell commands on a tree
 */
record InitramfsStep(
    Store store,
    Kernel kernel,
    Initramfs maker,
    Tree system,
    Key systemKey,
    Tree tools,
    Key toolsKey,
    SystemTree.Commands commands) {
  private static final String STEP = "initramfs";
  private static final String OUTPUT = "/slipway.initrd";

  private Key key() {
    Key key =
        Key.of("initramfs", 3)
            .with("tool", Tool.id())
            .with("kernel", kernel.version())
            .with("modules", kernel.modulesDigest(system))
            .with("boot loaders and tools", toolsKey);
    // Hooks of packages may pack anything.
    return maker == Initramfs.SLIPWAY ? key : key.with("system", systemKey);
  }

  boolean isKept() throws IOException {
    return store.result(key()).isPresent();
  }

  /** Makes it before its turn. */
  void early(Steps steps, Progress progress) throws IOException {
    steps.early(key(), () -> stored(progress));
  }

  Content content(Steps steps, Progress progress) throws IOException {
    byte[] digest = steps.bytes(STEP, key(), () -> stored(progress));
    Optional<Blob> blob = store.find(Digest.fromBytes(digest));
    return blob.isEmpty()
        ? made()
        : Content.of(blob.get().size(), blob.get().digest(), blob.get().source());
  }

  private byte[] stored(Progress progress) throws IOException {
    try (Task task = progress.start("making the initramfs", -1);
        BlobWriter out = store.newBlob("initramfs of " + kernel.version())) {
      try (var in = made().open()) {
        in.transferTo(out);
      }
      return out.commit().digest().bytes();
    }
  }

  private Content made() throws IOException {
    if (maker == Initramfs.SLIPWAY) {
      return kernel.initramfs(system, tools);
    }
    Tree after = commands.run(system, List.of(InitramfsTools.command(kernel.version(), OUTPUT)));
    if (after.node(TreePath.of(OUTPUT)).orElse(null) instanceof RegularFile file) {
      return file.content();
    }
    throw new BuildException("mkinitramfs of the image made no initramfs");
  }
}
