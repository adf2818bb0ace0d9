// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where a target is made, and what of it survives a power cut: a new file beside which the work in
 * progress lies until it is whole, or a device or a part of one that is overwritten in place; or
 * nowhere, when it is only tried whether it could be made.
 */
public final class Destination implements Closeable {
  private final Path written;
  private final Path state;
  private final Path finished;
  private final Part part;
  private final Closeable owned;
  private FileChannel channel;
  private boolean fresh;

  /** A piece of something that is larger: what it holds, and the way to change it. */
  private record Part(BlockSource source, BlockSink sink) {}

  private Destination(Path written, Path state, Path finished) {
    this(written, state, finished, null, () -> {});
  }

  private Destination(Path written, Path state, Path finished, Part part, Closeable owned) {
    this.written = written;
    this.state = state;
    this.finished = finished;
    this.part = part;
    this.owned = owned;
  }

  /**
   * A file, which appears when the target is whole and has been checked. Until then {@code
   * NAME.part} and {@code NAME.part.state} lie beside it; with them there, applying the same delta
   * again goes on where it stopped.
   */
  public static Destination file(Path path) {
    Path part = path.resolveSibling(path.getFileName() + ".part");
    return new Destination(part, state(part), path);
  }

  /**
   * A block device, or a file of the right size that is to be overwritten. Blocks that hold the
   * right bytes already are not written.
   *
   * @param state the file that says how far the work is; it is gone when the target is whole
   */
  public static Destination inPlace(Path path, Path state) {
    return new Destination(path, state, path);
  }

  /**
   * A partition of a disk, overwritten in place as {@link #inPlace(Path, Path)} does with a whole
   * device.
   *
   * @param source what is there now; must show what is written to {@code sink}. Both stay open
   * @param name the partition's name in error messages
   */
  public static Destination inPlace(BlockSource source, BlockSink sink, String name, Path state) {
    Path path = Path.of(name);
    return new Destination(path, state, path, new Part(source, sink), () -> {});
  }

  /**
   * Nowhere: everything is made and checked, and nothing of it stays. Only blocks that differ from
   * those of the source at the same offset take room meanwhile.
   *
   * @param source what the delta is applied to; it stays open
   * @param scratch a directory for temporary files
   */
  public static Destination trial(BlockSource source, Path scratch) throws IOException {
    Path state = Files.createTempFile(scratch, "slipway-", ".state");
    try {
      Overlay overlay = Overlay.over(source, scratch);
      return new Destination(
          state,
          state,
          state,
          new Part(overlay, overlay.sink()),
          () -> {
            try (overlay) {
              Files.deleteIfExists(state);
            }
          });
    } catch (IOException e) {
      Files.deleteIfExists(state);
      throw e;
    }
  }

  private static Path state(Path part) {
    return part.resolveSibling(part.getFileName() + ".state");
  }

  Path path() {
    return written;
  }

  Path state() {
    return state;
  }

  /** Opens it for a target of so many bytes, with what was written to it before. */
  void open(long size) throws IOException {
    if (part != null) {
      if (part.source().size() < size) {
        throw new IOException(
            written + ": has " + part.source().size() + " bytes, and the target has " + size);
      }
      return;
    }
    boolean inPlace = written.equals(finished);
    if (inPlace) {
      channel = FileChannel.open(written, StandardOpenOption.READ, StandardOpenOption.WRITE);
      requireRoom(size);
      return;
    }
    fresh = !Files.exists(written) || !Files.exists(state);
    if (fresh) {
      Files.deleteIfExists(state); // it tells of a file that is gone
    }
    channel =
        FileChannel.open(
            written,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.SPARSE);
    if (fresh) {
      channel.truncate(0);
    }
    if (size > 0 && channel.size() != size) {
      channel.truncate(size);
      write(size - 1, ByteBuffer.allocate(1));
    }
  }

  private void requireRoom(long size) throws IOException {
    if (size > 0 && channel.read(ByteBuffer.allocate(1), size - 1) < 1) {
      throw new IOException(
          written + ": is too small: the target has " + size + " bytes; name a larger device");
    }
  }

  /** Whether everything not yet written is known to be zero. */
  boolean isFresh() {
    return fresh;
  }

  void read(long position, ByteBuffer bytes) throws IOException {
    if (part != null) {
      part.source().readFully(position, bytes);
      return;
    }
    long at = position;
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes, at);
      if (count < 0) {
        throw new IOException(written + ": ends at byte " + at + "; did something change it?");
      }
      at += count;
    }
  }

  void write(long position, ByteBuffer bytes) throws IOException {
    if (part != null) {
      part.sink().write(position, bytes);
      return;
    }
    long at = position;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw new IOException(
          written
              + ": write at byte "
              + at
              + ": "
              + e.getMessage()
              + "; once that is mended, applying the same delta again goes on from what is there",
          e);
    }
  }

  void flush() throws IOException {
    if (part != null) {
      part.sink().flush();
      return;
    }
    force(false);
  }

  private void force(boolean metadata) throws IOException {
    try {
      channel.force(metadata);
    } catch (IOException e) {
      throw new IOException(written + ": making it durable: " + e.getMessage(), e);
    }
  }

  /** Gives the target, whole and checked, its name. */
  void complete() throws IOException {
    if (part != null) {
      part.sink().flush();
      Files.deleteIfExists(state);
      return;
    }
    force(true);
    if (!written.equals(finished)) {
      Files.move(
          written, finished, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync(finished.toAbsolutePath().getParent());
    }
    Files.deleteIfExists(state);
  }

  /** A new name is durable when its directory is; not every system can be asked for that. */
  private static void sync(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      System.getLogger(Destination.class.getName())
          .log(System.Logger.Level.DEBUG, "directory could not be synced", e);
    }
  }

  @Override
  public void close() throws IOException {
    try (owned) {
      if (channel != null) {
        channel.close();
      }
    }
  }
}
