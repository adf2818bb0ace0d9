// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A deployment's kernel and initramfs in {@code /boot}, where the boot loader reads them. */
final class BootFiles {
  private BootFiles() {}

  /** Copies them from the deployment where they are not there yet. */
  static void copy(Path root, Deployment deployment) throws IOException {
    Path modules =
        root.resolve(deployment.path().relative())
            .resolve("usr/lib/modules/" + deployment.kernelVersion());
    copy(modules.resolve("vmlinuz"), root.resolve("boot" + deployment.kernelPath()));
    copy(modules.resolve("initramfs.img"), root.resolve("boot" + deployment.initramfsPath()));
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      return;
    }
    Directories.makeAll(to.getParent());
    Path beside = to.resolveSibling(to.getFileName() + ".new");
    Files.deleteIfExists(beside);
    try (FileChannel in = FileChannel.open(from);
        FileChannel out =
            FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long size = in.size();
      for (long done = 0; done < size; ) {
        done += in.transferTo(done, size - done, out);
      }
      out.force(true); // a kernel that has its name is taken for whole from then on
    }
    Files.move(beside, to);
  }
}
