// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.io.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongPredicate;

/**
 * Where a sandbox keeps the tree meanwhile: in memory, in a file system mounted for it alone; or,
 * when memory is short, in a directory of the host.
 *
 * <p>Over a directory too the child's own mount is what it works in, so that both ways look alike
 * from within.
 */
final class SandboxWorkplace implements AutoCloseable {
  /** What commands may add to the tree, and what they need to run. */
  private static final long HEADROOM_BYTES = Size.mib(512).bytes();

  private final SandboxDirectory directory;
  private final long memoryBytes;

  private SandboxWorkplace(SandboxDirectory directory, long memoryBytes) {
    this.directory = directory;
    this.memoryBytes = memoryBytes;
  }

  static SandboxWorkplace choose(
      long treeBytes, SandboxSettings settings, SandboxDoor door, LongPredicate fitsInMemory)
      throws IOException {
    long needed = treeBytes + treeBytes / 4 + HEADROOM_BYTES;
    if (settings.scratch().isPresent() && !fitsInMemory.test(needed)) {
      return new SandboxWorkplace(SandboxDirectory.create(settings.scratch().get(), door), 0);
    }
    return new SandboxWorkplace(null, Math.max(needed * 2, Size.gib(2).bytes()));
  }

  /**
   * The first script of the child: it makes /tmp its own, takes the real script from standard input
   * and becomes that.
   */
  String script() {
    String mount =
        directory == null
            ? "mount -t tmpfs -o nodev,mode=0755,nr_inodes=0,size=" + memoryBytes + " slipway /tmp"
            : "mount --bind "
                + SandboxScript.quoted(directory.path().toString())
                + " /tmp && chmod 755 /tmp";
    return "umask 022; " + mount + " && IFS= read -r n && head -c \"$n\" >/tmp/init && . /tmp/init";
  }

  @Override
  public void close() throws IOException {
    if (directory != null) {
      directory.close();
    }
  }

  /** Whether the kernel thinks that so many bytes can be had without swapping. */
  static boolean fitsInMemory(long bytes) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return bytes <= Long.parseLong(line.split("\\s+")[1]) << 10;
        }
      }
    } catch (IOException e) {
      // Without /proc nothing is known, and no door will open either.
    }
    return true;
  }
}
