// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bundle.BundleDelta;
import dev.slipway.digest.Digest;
import dev.slipway.tree.Content;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * What was fetched of a delta, kept until it is installed, so that an installation that is taken up
 * again fetches only the rest.
 *
 * <pre>
 *    0   8  magic
 *    8  32  the SHA-256 of the delta that this is the beginning of, as the manifest says it
 *           then pieces, each:
 *    0   4  so many bytes, at most 65536
 *    4   4  CRC-32C of these
 *    8      the bytes
 * </pre>
 *
 * <p>The first piece that is torn or damaged ends what is kept. The checksums find accidents; what
 * they miss is found where the delta is applied, by its own checks and by the digest of its target,
 * which is signed.
 */
final class DeltaSpool {
  private static final String FILE = "delta.fetched";
  private static final byte[] MAGIC = "SLSPOOL1".getBytes(StandardCharsets.US_ASCII);
  private static final int PIECE_BYTES = 1 << 16;
  private static final int PIECE_HEADER = 2 * Integer.BYTES;

  /** How much is fetched again at most after a power cut. */
  private static final long SYNC_BYTES = 1L << 20;

  private final Path file;
  private final BundleDelta delta;
  private boolean wasRead;

  DeltaSpool(Path directory, BundleDelta delta) {
    this.file = directory.resolve(FILE);
    this.delta = delta;
  }

  /** Removes what was kept of any delta. */
  static void remove(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
  }

  boolean isThere() {
    return Files.exists(file);
  }

  void remove() throws IOException {
    Files.deleteIfExists(file);
    wasRead = false;
  }

  /** Whether bytes that a stream gave came from here. */
  boolean wasRead() {
    return wasRead;
  }

  private byte[] header() {
    return ByteBuffer.allocate(MAGIC.length + Digest.BYTES)
        .put(MAGIC)
        .put(delta.digest().bytes())
        .array();
  }

  /**
   * The delta from its start: what is kept, then the rest, which is kept as it comes.
   *
   * @param content the delta
   * @param room how many bytes may be kept; when the rest has more, none of it is
   */
  InputStream open(Content content, long room) throws IOException {
    var kept = new RandomAccessFile(file.toFile(), "rw");
    try {
      byte[] found = new byte[header().length];
      if (kept.length() < found.length || !startsWith(kept, found)) {
        kept.setLength(0);
        kept.write(header());
      }
    } catch (IOException e) {
      kept.close();
      throw e;
    }
    return new KeptStream(kept, content, room);
  }

  private boolean startsWith(RandomAccessFile kept, byte[] buffer) throws IOException {
    kept.readFully(buffer);
    boolean same = Arrays.equals(buffer, header());
    kept.seek(same ? buffer.length : 0);
    return same;
  }

  private static int checksum(byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Not by channels: an interrupt, which cancels, would close them. */
  private final class KeptStream extends InputStream {
    private final RandomAccessFile kept;
    private final Content content;
    private final long room;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int at;
    private int length;
    private long position;
    private long unsynced;
    private boolean keeping = true;

    /** Null as long as there are pieces that were kept. */
    private InputStream rest;

    KeptStream(RandomAccessFile kept, Content content, long room) {
      this.kept = kept;
      this.content = content;
      this.room = room;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int wanted) throws IOException {
      Objects.checkFromIndexSize(offset, wanted, target.length);
      if (wanted == 0) {
        return 0;
      }
      if (at == length && !next()) {
        return -1;
      }
      int count = Math.min(wanted, length - at);
      System.arraycopy(piece, at, target, offset, count);
      at += count;
      return count;
    }

    private boolean next() throws IOException {
      at = 0;
      length = 0;
      if (position == content.sizeBytes()) {
        return false;
      }
      if (rest == null && readKept()) {
        wasRead = true;
      } else {
        if (rest == null) {
          openRest();
        }
        length = rest.readNBytes(piece, 0, PIECE_BYTES);
        keep();
      }
      position += length;
      return length > 0;
    }

    /** Reads the next piece, unless it is not there or not right; the file stands behind it. */
    private boolean readKept() throws IOException {
      long start = kept.getFilePointer();
      try {
        int count = kept.readInt();
        int expected = kept.readInt();
        if (count > 0 && count <= Math.min(PIECE_BYTES, content.sizeBytes() - position)) {
          kept.readFully(piece, 0, count);
          if (checksum(piece, count) == expected) {
            length = count;
            return true;
          }
        }
      } catch (EOFException e) {
        // torn: the same as none
      }
      kept.setLength(start);
      kept.seek(start);
      return false;
    }

    private void openRest() throws IOException {
      long missing = content.sizeBytes() - position;
      keeping = missing + (missing / PIECE_BYTES + 1) * PIECE_HEADER <= room;
      rest = content.open();
      rest.skipNBytes(position); // what is skipped is not fetched
    }

    private void keep() throws IOException {
      if (!keeping || length == 0) {
        return;
      }
      try {
        ByteBuffer bytes = ByteBuffer.allocate(PIECE_HEADER + length);
        bytes.putInt(length).putInt(checksum(piece, length)).put(piece, 0, length);
        kept.write(bytes.array());
        unsynced += length;
        if (unsynced >= SYNC_BYTES) {
          kept.getFD().sync();
          unsynced = 0;
        }
      } catch (IOException e) {
        // the update goes on without; somebody else may need the room
        keeping = false;
        kept.setLength(0);
        Files.deleteIfExists(file);
      }
    }

    @Override
    public void close() throws IOException {
      try (kept) {
        if (rest != null) {
          rest.close();
        }
      }
    }
  }
}
