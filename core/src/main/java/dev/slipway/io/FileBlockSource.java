// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file or block device, read with positioned reads. */
final class FileBlockSource implements BlockSource {
  private final FileChannel channel;
  private final long size;

  private FileBlockSource(FileChannel channel, long size) {
    this.channel = channel;
    this.size = size;
  }

  static FileBlockSource open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new FileBlockSource(channel, sizeOf(channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** A block device reports size 0 to stat, but the end can be sought. */
  private static long sizeOf(FileChannel channel) throws IOException {
    long size = channel.size();
    return size > 0 ? size : endOfDevice(channel);
  }

  private static long endOfDevice(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    long low = 0;
    long high = 1;
    while (readable(channel, one, high - 1) && high < 1L << 62) {
      low = high;
      high *= 2;
    }
    while (low < high) {
      long middle = low + (high - low) / 2;
      if (readable(channel, one, middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean readable(FileChannel channel, ByteBuffer one, long position)
      throws IOException {
    one.clear();
    return channel.read(one, position) > 0;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    return channel.read(target, position);
  }

  /** A device cannot be mapped through a channel, which takes it for an empty file. */
  @Override
  public Optional<ByteBuffer> map(long position, int length) throws IOException {
    return position + length <= channel.size()
        ? Optional.of(channel.map(FileChannel.MapMode.READ_ONLY, position, length))
        : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
