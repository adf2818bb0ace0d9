// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.Place.Area;
import dev.slipway.delta.coding.SpillFile;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/** Everything that a delta may copy from while it is applied. */
final class Reach implements Closeable {
  private final DeltaHeader header;
  private final BlockSource source;
  private final TargetOutput target;
  private final String delta;
  private final SpillFile sourcePlain;
  private final SpillFile targetPlain;
  private long targetPlainFlushed;

  Reach(DeltaHeader header, BlockSource source, TargetOutput target, Path scratch, String delta)
      throws IOException {
    this.header = header;
    this.source = source;
    this.target = target;
    this.delta = delta;
    boolean plain = header.scratchBytes() > 0;
    sourcePlain = plain ? SpillFile.in(scratch) : null;
    try {
      targetPlain = plain ? SpillFile.in(scratch) : null;
    } catch (IOException e) {
      sourcePlain.close();
      throw e;
    }
  }

  /** Unpacks a member of the source. */
  void unpack(Prologue.Opened opened) throws IOException {
    var crc = new CRC32C();
    long memory = memoryBytes(opened);
    if (memory > header.memoryBytes()) {
      throw new FormatException(
          delta
              + ": a member of the source needs "
              + memory
              + " bytes of memory, more than the "
              + header.memoryBytes()
              + " the delta told");
    }
    try (InputStream in = new CheckedInputStream(opened.member().plain(source), crc)) {
      in.transferTo(sourcePlain);
    } catch (FormatException | EOFException e) {
      throw changed(opened, e);
    }
    if ((int) crc.getValue() != opened.checksum()) {
      throw changed(opened, null);
    }
    sourcePlain.flush();
  }

  private long memoryBytes(Prologue.Opened opened) throws IOException {
    try {
      return opened.member().memoryBytes(source);
    } catch (FormatException | EOFException e) {
      throw changed(opened, e);
    }
  }

  private FormatException changed(Prologue.Opened opened, IOException cause) {
    return new FormatException(
        delta
            + ": the source is not the image the delta was made from, or has changed: its "
            + opened.member().kind().label()
            + " member at byte "
            + opened.member().offset()
            + " is different",
        cause);
  }

  /** Keeps a piece of a target member's plain text. */
  void keep(byte[] bytes, int length) throws IOException {
    if (targetPlain == null
        || sourcePlain.size() + targetPlain.size() + length > header.scratchBytes()) {
      throw new FormatException(
          delta + ": keeps more plain text than the " + header.scratchBytes() + " bytes it told");
    }
    targetPlain.write(bytes, 0, length);
  }

  /** Refuses a place where there are not so many bytes. */
  void require(Place from, long length) throws FormatException {
    long size = size(from.area());
    if (from.offset() < 0 || from.offset() > size - length) {
      throw new FormatException(
          delta
              + ": a copy of "
              + length
              + " bytes from byte "
              + from.offset()
              + " of "
              + from.area()
              + ", which has "
              + size);
    }
  }

  private long size(Area area) {
    return switch (area) {
      case SOURCE -> header.sourceBytes();
      case SOURCE_PLAIN -> sourcePlain == null ? 0 : sourcePlain.size();
      case TARGET -> target.position();
      case TARGET_PLAIN -> targetPlain == null ? 0 : targetPlain.size();
    };
  }

  /** Reads from a place, which was required before. */
  void read(Area area, long offset, ByteBuffer bytes) throws IOException {
    switch (area) {
      case SOURCE -> readSource(offset, bytes);
      case SOURCE_PLAIN -> sourcePlain.readFully(offset, bytes);
      case TARGET -> target.read(offset, bytes);
      case TARGET_PLAIN -> {
        if (offset + bytes.remaining() > targetPlainFlushed) {
          targetPlain.flush();
          targetPlainFlushed = targetPlain.size();
        }
        targetPlain.readFully(offset, bytes);
      }
    }
  }

  /** Reads from the source, which is as long as the header says unless it has changed since. */
  void readSource(long offset, ByteBuffer bytes) throws IOException {
    try {
      source.readFully(offset, bytes);
    } catch (EOFException e) {
      throw new IOException(
          delta
              + ": the source has become shorter than "
              + header.sourceBytes()
              + " bytes while it was read: "
              + e.getMessage(),
          e);
    }
  }

  /** A part of an area as a source of its own. */
  BlockSource part(Place from, long length) throws IOException {
    require(from, length);
    return new BlockSource() {
      @Override
      public long size() {
        return length;
      }

      @Override
      public int read(long position, ByteBuffer bytes) throws IOException {
        if (position >= length) {
          return -1;
        }
        int count = (int) Math.min(bytes.remaining(), length - position);
        int limit = bytes.limit();
        bytes.limit(bytes.position() + count);
        Reach.this.read(from.area(), from.offset() + position, bytes);
        bytes.limit(limit);
        return count;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() throws IOException {
    if (sourcePlain != null) {
      try (sourcePlain;
          targetPlain) {
        targetPlainFlushed = 0;
      }
    }
  }
}
