// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.io.BlockSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears under its name only when it is whole. Until then it is {@code NAME.part}
 * beside it, locked by whoever writes it; closing it uncommitted removes it.
 *
 * <p>A part whose writer was killed has no lock: the next writer removes it. Two writers of one
 * name work on parts of their own, and the last to commit wins. That a new part has not been taken
 * for a dead one between its making and its locking is seen by setting a mark and looking for it by
 * name.
 */
final class PartFile implements BlockSink {
  private static final int NAMES_TRIED = 100;
  private static final long MARK_MAX = 1 << 30;

  /** What this process is writing; it must not open these a second time (see the lock's rules). */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path target;
  private final Path part;
  private final FileChannel channel;
  private final BlockSink sink;
  private boolean committed;

  private PartFile(Path target, Path part, FileChannel channel) {
    this.target = target;
    this.part = part;
    this.channel = channel;
    this.sink = BlockSink.channel(channel, part);
  }

  /** Makes a sparse part of a size. */
  static PartFile create(Path target, long sizeBytes) throws IOException {
    for (int i = 0; i < NAMES_TRIED; i++) {
      String suffix = i == 0 ? ".part" : "." + i + ".part";
      Path part = target.resolveSibling(target.getFileName() + suffix);
      removeIfDead(part);
      PartFile file = tryCreate(target, part, sizeBytes);
      if (file != null) {
        return file;
      }
    }
    throw new IOException(target + ": " + NAMES_TRIED + " others are writing it");
  }

  private static PartFile tryCreate(Path target, Path part, long sizeBytes) throws IOException {
    if (!OWN.add(part.toAbsolutePath())) {
      return null;
    }
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.SPARSE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      OWN.remove(part.toAbsolutePath());
      return null;
    } catch (IOException e) {
      OWN.remove(part.toAbsolutePath());
      throw e;
    }
    PartFile file = new PartFile(target, part, channel);
    try {
      if (channel.tryLock() == null || !isStillNamed(part, channel)) {
        OWN.remove(part.toAbsolutePath());
        channel.close();
        return null;
      }
      channel.truncate(0);
      if (sizeBytes > 0) {
        channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
      }
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * The mark is a size, because it can be seen by name without opening the file: closing any
   * descriptor of a file gives up all locks that this process has on it.
   */
  private static boolean isStillNamed(Path part, FileChannel channel) throws IOException {
    long mark = ThreadLocalRandom.current().nextLong(1, MARK_MAX); // gone before the first write
    channel.write(ByteBuffer.allocate(1), mark - 1);
    try {
      return Files.size(part) == mark;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void removeIfDead(Path part) throws IOException {
    if (OWN.contains(part.toAbsolutePath()) || !Files.isRegularFile(part)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      if (channel.tryLock() != null) {
        Files.deleteIfExists(part);
      }
    } catch (OverlappingFileLockException | NoSuchFileException e) {
      // Taken or finished by another thread of this process a moment ago: not dead.
    }
  }

  @Override
  public void write(long position, ByteBuffer bytes) throws IOException {
    sink.write(position, bytes);
  }

  @Override
  public void flush() throws IOException {
    sink.flush();
  }

  /** Reads back what was written. */
  int read(long position, ByteBuffer buffer) throws IOException {
    return channel.read(buffer, position);
  }

  /** Gives the file its name, replacing one that is there. */
  void commit() throws IOException {
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
  }

  /** Makes the new name durable. */
  void flushDirectory() throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (!committed) {
        Files.deleteIfExists(part);
      }
    } finally {
      OWN.remove(part.toAbsolutePath());
      channel.close();
    }
  }
}
