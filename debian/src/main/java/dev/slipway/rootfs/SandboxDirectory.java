// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A directory of the host for a sandbox that memory cannot hold.
 *
 * <p>What is in it belongs to ids that the calling user may not be, so it is removed from within
 * the door's namespaces. A directory whose builder was killed has a lock file that nobody holds any
 * more; the next builder that needs a directory removes it.
 */
final class SandboxDirectory implements AutoCloseable {
  private static final String PREFIX = "sandbox-";
  private static final String LOCK = ".lock";

  private final Path path;
  private final Path lockFile;
  private final FileChannel lock;
  private final SandboxDoor door;

  private SandboxDirectory(Path path, Path lockFile, FileChannel lock, SandboxDoor door) {
    this.path = path;
    this.lockFile = lockFile;
    this.lock = lock;
    this.door = door;
  }

  static SandboxDirectory create(Path scratch, SandboxDoor door) throws IOException {
    Files.createDirectories(scratch);
    sweep(scratch, door);
    Path lockFile = Files.createTempFile(scratch, PREFIX, LOCK);
    FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.WRITE);
    if (lock.tryLock() == null) {
      lock.close();
      throw new IOException(lockFile + ": a new lock file is locked already");
    }
    String name = lockFile.getFileName().toString();
    return new SandboxDirectory(
        Files.createDirectory(scratch.resolve(name.substring(0, name.length() - LOCK.length()))),
        lockFile,
        lock,
        door);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    remove(path, door);
    Files.deleteIfExists(lockFile);
    lock.close();
  }

  private static void sweep(Path scratch, SandboxDoor door) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(scratch, PREFIX + "*" + LOCK)) {
      for (Path lockFile : locks) {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            FileLock held = channel.tryLock()) {
          if (held != null) {
            String name = lockFile.getFileName().toString();
            remove(scratch.resolve(name.substring(0, name.length() - LOCK.length())), door);
            Files.deleteIfExists(lockFile);
          }
        } catch (OverlappingFileLockException e) {
          // Held by another thread of this process: in use.
        }
      }
    }
  }

  private static void remove(Path directory, SandboxDoor door) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Process process =
        door.enter("rm -rf -- " + SandboxScript.quoted(directory.toString()), false)
            .redirectErrorStream(true)
            .start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readNBytes(1 << 12)).strip();
      if (process.waitFor() != 0) {
        throw new IOException(directory + ": cannot be removed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + directory + " was removed");
    }
  }
}
