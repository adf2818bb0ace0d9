// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * A volume put together from pieces at known offsets: bytes in memory, parts of files, other
 * volumes. What no piece covers is zero.
 *
 * <p>File systems, partition tables and whole disks are all of this kind, which gives them writing,
 * random reading and extents at once.
 */
public final class ComposedVolume implements Volume {
  /**
   * A run of bytes.
   *
   * @param source the bytes to take; the piece starts {@code skip} bytes into it
   * @param origin the file the bytes come from, or null
   */
  record Piece(long offset, long length, ByteSource source, long skip, Origin origin) {
    Extent extent() {
      return new Extent(offset, length, origin.path(), skip, origin.content().digest());
    }
  }

  /** A file; its digest is asked for only when extents are, because it may have to be read for. */
  record Origin(String path, Content content) {}

  private final long size;
  private final List<Piece> pieces;
  private final long dataBytes;

  private ComposedVolume(long size, List<Piece> pieces) {
    this.size = size;
    this.pieces = pieces;
    this.dataBytes = pieces.stream().mapToLong(Piece::length).sum();
  }

  /**
   * Composes a volume.
   *
   * @throws IllegalStateException ("bug:") when two pieces overlap or one leaves the volume
   */
  public static ComposedVolume build(long size, Consumer<Builder> parts) {
    var builder = new Builder();
    parts.accept(builder);
    List<Piece> ordered = new ArrayList<>(builder.pieces);
    ordered.sort(Comparator.comparingLong(Piece::offset));
    long end = 0;
    for (Piece piece : ordered) {
      if (piece.offset() < end || piece.length() > size - piece.offset()) {
        throw new IllegalStateException(
            "bug: "
                + piece.length()
                + " bytes at byte "
                + piece.offset()
                + " overlap what ends at byte "
                + end
                + " or leave the volume of "
                + size
                + " bytes");
      }
      end = piece.offset() + piece.length();
    }
    return new ComposedVolume(size, List.copyOf(ordered));
  }

  /** Takes the pieces in any order. */
  public static final class Builder {
    private final List<Piece> pieces = new ArrayList<>();

    private Builder() {}

    /** Puts bytes at an offset. The array must not change afterwards. */
    public Builder bytes(long offset, byte[] bytes) {
      return add(offset, bytes.length, () -> new java.io.ByteArrayInputStream(bytes), 0, null);
    }

    /** Puts a part of a file's content at an offset. */
    public Builder content(
        long offset, String path, Content content, long contentOffset, long length) {
      return add(offset, length, content.source(), contentOffset, new Origin(path, content));
    }

    /**
     * Puts everything a source holds at an offset. The source stays open as long as the volume is
     * used.
     */
    public Builder source(long offset, BlockSource source) {
      return add(offset, source.size(), () -> source.stream(0, source.size()), 0, null);
    }

    /** Puts a whole volume at an offset; its holes stay holes. */
    public Builder volume(long offset, Volume volume) {
      if (volume instanceof ComposedVolume composed) {
        for (Piece piece : composed.pieces) {
          add(
              offset + piece.offset(),
              piece.length(),
              piece.source(),
              piece.skip(),
              piece.origin());
        }
        return this;
      }
      return add(
          offset,
          volume.size(),
          () -> {
            BlockSource opened = volume.open();
            return new ClosingStream(opened);
          },
          0,
          null);
    }

    private Builder add(long offset, long length, ByteSource source, long skip, Origin origin) {
      if (length > 0) {
        pieces.add(new Piece(offset, length, source, skip, origin));
      }
      return this;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long dataBytes() {
    return dataBytes;
  }

  @Override
  public List<Extent> extents() {
    return pieces.stream().filter(piece -> piece.origin() != null).map(Piece::extent).toList();
  }

  @Override
  public void writeTo(BlockSink sink, Progress progress) throws IOException {
    try (Task task = progress.start("writing", dataBytes)) {
      var out = new GatheringWriter(sink);
      long written = 0;
      for (Piece piece : pieces) {
        written += write(piece, out, task);
      }
      out.flush();
      if (written != dataBytes) {
        throw new IllegalStateException(
            "bug: wrote " + written + " bytes, the plan has " + dataBytes);
      }
    }
  }

  private static long write(Piece piece, GatheringWriter out, Task task) throws IOException {
    long done = 0;
    out.moveTo(piece.offset());
    try (InputStream in = piece.source().open()) {
      in.skipNBytes(piece.skip());
      while (done < piece.length()) {
        int count = out.fill(in, piece.length() - done);
        if (count < 0) {
          throw ended(piece, done);
        }
        task.advance(count);
        done += count;
      }
    }
    return done;
  }

  private static EOFException ended(Piece piece, long at) {
    String what = piece.origin() == null ? "data at byte " + piece.offset() : piece.origin().path();
    return new EOFException(
        what
            + " ended after "
            + (piece.skip() + at)
            + " bytes, expected "
            + (piece.skip() + piece.length())
            + "; did it change while it was read?");
  }

  @Override
  public BlockSource open() {
    return new ComposedSource(size, pieces);
  }

  /** The stream over a nested volume, which closes the source it opened. */
  private static final class ClosingStream extends java.io.FilterInputStream {
    private final BlockSource opened;

    ClosingStream(BlockSource opened) {
      super(opened.stream(0, opened.size()));
      this.opened = opened;
    }

    @Override
    public void close() throws IOException {
      opened.close();
    }
  }
}
