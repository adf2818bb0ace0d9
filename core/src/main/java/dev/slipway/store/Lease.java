// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The sign that a process is using the store: a file it holds locked, and a directory for files it
 * is writing. The operating system drops the lock when the process dies in whatever way; then the
 * directory is litter.
 *
 * <p>The time of the lease's file is when the use began. Whatever the process uses is marked with
 * that time or a later one, so nothing marked since then may go while the lease is held.
 */
final class Lease {
  private static final String SUFFIX = ".lease";

  /**
   * Says within this JVM which leases it holds, whichever class loader took them: probing one of
   * its own would drop the lock. The process's id would not do, since in containers a dead
   * process's often comes again.
   */
  private static final String HELD = "dev.slipway.store.held.";

  private final String name;

  private final Path file;
  private final Path directory;
  private final FileChannel channel;
  private final FileTime since;

  private Lease(String name, Path file, Path directory, FileChannel channel, FileTime since) {
    this.name = name;
    this.file = file;
    this.directory = directory;
    this.channel = channel;
    this.since = since;
  }

  /** Takes a new lease. The gate must be held, or the lease could be taken for a dead one. */
  static Lease take(Path users) throws IOException {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    String name = ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random);
    Path file = users.resolve(name + SUFFIX);
    Files.createFile(file);
    // The time first: Java opens and closes the file to set it, which drops the process's locks.
    FileTime now = FileTime.fromMillis(System.currentTimeMillis());
    Files.setLastModifiedTime(file, now);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw new IOException(file + " was locked by another process as soon as it was made");
      }
      System.setProperty(HELD + name, "");
      return new Lease(name, file, Files.createDirectory(users.resolve(name)), channel, now);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** A name for a file to write, on the same file system as the store. */
  Path newFile(long number) {
    return directory.resolve(Long.toString(number));
  }

  FileTime since() {
    return since;
  }

  /** Gives the lease up and removes what was left half-written. */
  void release() throws IOException {
    removeTree(directory);
    Files.deleteIfExists(file);
    channel.close();
    System.clearProperty(HELD + name);
  }

  /**
   * Since when the store has been in use by processes that are alive, and the litter of dead ones
   * removed. The gate must be held exclusively.
   */
  static List<FileTime> sweep(Path users) throws IOException {
    var alive = new ArrayList<FileTime>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(users, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        name = name.substring(0, name.length() - SUFFIX.length());
        if (System.getProperty(HELD + name) != null || isLocked(file)) {
          alive.add(Files.getLastModifiedTime(file));
        } else {
          removeTree(users.resolve(name));
          Files.deleteIfExists(file);
        }
      }
    }
    return alive;
  }

  private static boolean isLocked(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void removeTree(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
