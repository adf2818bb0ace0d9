// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One update at a time. The system takes the lock away from a process that dies. */
final class UpdateLock implements Closeable {
  private final FileChannel channel;

  private UpdateLock(FileChannel channel) {
    this.channel = channel;
  }

  static UpdateLock take(Path directory) throws IOException {
    Path file = directory.resolve("update.lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // another thread of this process has it
    }
    if (lock == null) {
      channel.close();
      throw new RefusedException("another update is under way; it holds " + file);
    }
    return new UpdateLock(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
