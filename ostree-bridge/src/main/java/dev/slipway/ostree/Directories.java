// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Directories and small files of the host, written so that sudden death leaves no halves. */
final class Directories {
  /** How the names of files begin that are being written, and of those whose writer died. */
  static final String DRAFT = ".tmp-";

  private Directories() {}

  static void makeAll(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + ": in the way: it is no directory", e);
    }
  }

  /** Removes a directory and all within; nothing happens when it is not there. */
  static void removeTree(Path root) throws IOException {
    try {
      Files.walkFileTree(root, new Remover());
    } catch (NoSuchFileException e) {
      // somebody else was quicker
    }
  }

  /**
   * Replaces a small file: written beside, then renamed.
   *
   * @param sync whether it must be on the disk before it gets its name
   */
  static void replace(Path file, byte[] content, boolean sync) throws IOException {
    Path beside = Files.createTempFile(file.getParent(), DRAFT, "");
    try {
      try (FileChannel out = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        var bytes = java.nio.ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        if (sync) {
          out.force(true);
        }
      }
      PlainFiles.setMode(beside, 0644);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
    if (sync) {
      sync(file.getParent());
    }
  }

  /** Brings the names in a directory to the disk. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
      if (e != null) {
        throw e;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
