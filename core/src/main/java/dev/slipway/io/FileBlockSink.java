// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A sparse file or a block device, written with positioned writes. */
final class FileBlockSink implements BlockSink {
  private final Path path;
  private final FileChannel channel;

  FileBlockSink(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static FileBlockSink create(Path path, long size) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ);
    try {
      if (size > 0) {
        channel.write(ByteBuffer.allocate(1), size - 1);
      }
    } catch (IOException e) {
      try (channel) {
        Files.deleteIfExists(path); // it was made just now
      } catch (IOException also) {
        e.addSuppressed(also);
      }
      throw new IOException(path + ": making it " + size + " bytes long: " + reason(e), e);
    }
    return new FileBlockSink(path, channel);
  }

  static FileBlockSink open(Path path) throws IOException {
    return new FileBlockSink(path, FileChannel.open(path, StandardOpenOption.WRITE));
  }

  @Override
  public void write(long position, ByteBuffer bytes) throws IOException {
    long at = position;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw new IOException(path + ": write at byte " + at + ": " + reason(e), e);
    }
  }

  /** A closed channel's exception has no message but its name. */
  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void flush() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
