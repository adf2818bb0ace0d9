// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

  /** Held while a directory is made or abandoned ones are removed. */
  private static final String GUARD = ".guard";

  /**
   * Lock files this process holds. It must not even open them again: closing any channel of a file
   * drops all locks that the process has on it.
   */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

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

  static synchronized SandboxDirectory create(Path scratch, SandboxDoor door) throws IOException {
    if (!Files.isDirectory(scratch)) {
      Files.createDirectories(
          scratch,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path real = scratch.toRealPath();
    try (FileChannel guard =
            FileChannel.open(
                real.resolve(GUARD), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = guard.lock()) {
      sweep(real, door);
      return createLocked(real, door);
    }
  }

  private static SandboxDirectory createLocked(Path scratch, SandboxDoor door) throws IOException {
    Path lockFile = Files.createTempFile(scratch, PREFIX, LOCK);
    FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.WRITE);
    OWN.add(lockFile);
    try {
      if (lock.tryLock() == null) {
        throw new IOException(lockFile + ": a new lock file is locked already");
      }
      Path directory = Files.createDirectory(directoryOf(lockFile));
      return new SandboxDirectory(directory, lockFile, lock, door);
    } catch (IOException | RuntimeException e) {
      lock.close();
      OWN.remove(lockFile);
      throw e;
    }
  }

  private static Path directoryOf(Path lockFile) {
    String name = lockFile.getFileName().toString();
    return lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()));
  }

  Path path() {
    return path;
  }

  /** What cannot be removed now is left without a lock, for the next builder. */
  @Override
  public void close() throws IOException {
    try (lock) {
      remove(path, door);
      Files.deleteIfExists(lockFile);
    } finally {
      OWN.remove(lockFile);
    }
  }

  private static void sweep(Path scratch, SandboxDoor door) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(scratch, PREFIX + "*" + LOCK)) {
      for (Path lockFile : locks) {
        if (!OWN.contains(lockFile)) {
          sweepOne(lockFile, door);
        }
      }
    }
  }

  private static void sweepOne(Path lockFile, SandboxDoor door) throws IOException {
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held != null) {
        remove(directoryOf(lockFile), door);
        Files.deleteIfExists(lockFile);
      }
    } catch (NoSuchFileException | OverlappingFileLockException e) {
      // Its builder has just removed it, or holds it.
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
      String said = SandboxDoor.said(process);
      if (process.waitFor() != 0) {
        throw new IOException(directory + ": cannot be removed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + directory + " was removed");
    } finally {
      process.destroyForcibly();
    }
  }
}
