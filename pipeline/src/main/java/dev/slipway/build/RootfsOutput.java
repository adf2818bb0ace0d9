// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.rootfs.TreeDirectory;
import dev.slipway.tree.TarWriter;
import dev.slipway.tree.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a root file system where its user wants it. */
final class RootfsOutput {
  private static final int BUFFER_BYTES = 1 << 18;

  private RootfsOutput() {}

  static void write(Tree tree, Path output, Progress progress) throws IOException {
    if (!output.getFileName().toString().endsWith(".tar")) {
      TreeDirectory.write(tree, output, progress);
      return;
    }
    Path beside = output.resolveSibling(output.getFileName() + ".part");
    try (Task task = progress.start("writing " + output.getFileName(), tree.contentBytes());
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(beside), BUFFER_BYTES)) {
      TarWriter.write(tree, out);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
    Files.move(beside, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
