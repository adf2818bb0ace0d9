// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.digest.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * How much of a target is surely on the disk, kept in a small file that survives a power cut.
 *
 * <pre>
 *   two slots of 64 bytes, written in turn:
 *     0   8  magic
 *     8  32  the digest of the delta's header: whose target this is
 *    40   8  number of the note; the slot with the higher one counts
 *    48   8  so many bytes of the target are durable
 *    56   4  zero
 *    60   4  CRC-32C of the 60 bytes before
 * </pre>
 *
 * <p>A slot torn by a power cut fails its checksum, and the other one holds what was true before.
 */
final class ResumePoint implements Closeable {
  private static final long MAGIC = 0x534c_5245_5355_4d45L;
  private static final int SLOT = 64;
  private static final int CHECKSUM = 60;

  private final Path path;
  private final FileChannel channel;
  private final byte[] owner;
  private long number;
  private long durable;

  private ResumePoint(Path path, FileChannel channel, byte[] owner) {
    this.path = path;
    this.channel = channel;
    this.owner = owner;
  }

  /** Opens the file, which is made if it is not there. */
  static ResumePoint open(Path path, DeltaHeader header) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    var point = new ResumePoint(path, channel, Digest.of(header.bytes()).bytes());
    try {
      point.load();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return point;
  }

  private void load() throws IOException {
    for (int slot = 0; slot < 2; slot++) {
      ByteBuffer bytes = ByteBuffer.allocate(SLOT);
      int count = channel.read(bytes, (long) slot * SLOT);
      if (count < SLOT
          || bytes.getInt(CHECKSUM) != checksum(bytes)
          || bytes.getLong(0) != MAGIC
          || !bytes.slice(8, Digest.BYTES).equals(ByteBuffer.wrap(owner))) {
        continue;
      }
      if (bytes.getLong(40) > number) {
        number = bytes.getLong(40);
        durable = bytes.getLong(48);
      }
    }
  }

  private static int checksum(ByteBuffer slot) {
    var crc = new CRC32C();
    crc.update(slot.array(), 0, CHECKSUM);
    return (int) crc.getValue();
  }

  /** How many bytes of the target are durable. */
  long durable() {
    return durable;
  }

  /** Notes, durably, that so many bytes of the target are. */
  void save(long bytes) throws IOException {
    number++;
    ByteBuffer slot = ByteBuffer.allocate(SLOT);
    slot.putLong(MAGIC).put(owner).putLong(number).putLong(bytes);
    slot.putInt(CHECKSUM, checksum(slot));
    slot.clear();
    try {
      for (long at = number % 2 * SLOT; slot.hasRemaining(); ) {
        at += channel.write(slot, at);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new IOException(
          path + ": noting how far the target is: " + e.getMessage() + "; is the disk full?", e);
    }
    durable = bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
