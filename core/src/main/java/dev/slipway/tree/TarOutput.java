// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bytes of an archive, entry by entry; or only their count. */
final class TarOutput {
  private static final int BUFFER_BYTES = 1 << 17;

  /** What GNU tar reads at once; archives are padded to it. */
  private static final int RECORD_BYTES = 20 * TarInput.BLOCK_BYTES;

  private final OutputStream out;
  private final boolean contents;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long position;

  /**
   * @param contents whether files are read; without, their bytes are only counted
   */
  TarOutput(OutputStream out, boolean contents) {
    this.out = out;
    this.contents = contents;
  }

  /** How many bytes there are so far. */
  long position() {
    return position;
  }

  void write(TreePath path, Node node) throws IOException {
    if (node instanceof HardLink link) {
      var header = new TarHeaderWriter(name(path), '1', Metadata.mode(0));
      header.link("./" + link.target().relative());
      emit(header);
      return;
    }
    Metadata metadata = ((Inode) node).metadata();
    if (node instanceof Directory) {
      String name = path.isRoot() ? "./" : name(path) + "/";
      emit(new TarHeaderWriter(name, '5', metadata));
    } else if (node instanceof Symlink link) {
      var header = new TarHeaderWriter(name(path), '2', metadata);
      header.link(link.target());
      emit(header);
    } else if (node instanceof Special special) {
      var header = new TarHeaderWriter(name(path), type(special.kind()), metadata);
      header.device(special.major(), special.minor());
      emit(header);
    } else if (node instanceof RegularFile file) {
      write(path, metadata, file.content());
    }
  }

  private static String name(TreePath path) {
    return "./" + path.relative();
  }

  private static char type(Special.Kind kind) {
    return switch (kind) {
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case FIFO -> '6';
      case SOCKET -> throw new IllegalStateException("bug: sockets were refused");
    };
  }

  private void write(TreePath path, Metadata metadata, Content content) throws IOException {
    var header = new TarHeaderWriter(name(path), '0', metadata);
    long size = content.sizeBytes();
    List<Range> data = widened(content.data(), size);
    boolean whole = size == 0 || (data.size() == 1 && data.get(0).length() == size);
    if (whole) {
      header.size(size);
      emit(header);
    } else {
      byte[] map = sparseMap(data, size);
      long dataBytes = data.stream().mapToLong(Range::length).sum();
      String directory = path.parent().orElse(TreePath.ROOT).resolve("GNUSparseFile.0").relative();
      header.sparse("./" + directory + "/" + path.name(), name(path), size);
      header.size(map.length + dataBytes);
      emit(header);
      put(map, 0, map.length);
    }
    if (contents) {
      copy(path, content, data);
    } else {
      position += data.stream().mapToLong(Range::length).sum();
    }
    pad(TarInput.BLOCK_BYTES);
  }

  private void copy(TreePath path, Content content, List<Range> data) throws IOException {
    long at = 0;
    try (InputStream in = content.open()) {
      for (Range range : data) {
        in.skipNBytes(range.offset() - at);
        copy(path, in, range.length());
        at = range.offset() + range.length();
      }
    }
  }

  /**
   * Ranges that start and end at multiples of a block, or at the file's end. GNU tar starts the
   * data of each range at a new block, other readers expect it right after the one before: so no
   * range may leave a block half full.
   */
  private static List<Range> widened(List<Range> data, long size) {
    var wide = new ArrayList<Range>();
    long start = 0;
    long end = 0;
    for (Range range : data) {
      long from = range.offset() / TarInput.BLOCK_BYTES * TarInput.BLOCK_BYTES;
      long blocks =
          (range.offset() + range.length() + TarInput.BLOCK_BYTES - 1) / TarInput.BLOCK_BYTES;
      if (from > end) {
        add(wide, start, end);
        start = from;
      }
      end = Math.min(size, blocks * TarInput.BLOCK_BYTES);
    }
    add(wide, start, end);
    return wide;
  }

  private static void add(List<Range> ranges, long start, long end) {
    if (end > start) {
      ranges.add(new Range(start, end - start));
    }
  }

  private void copy(TreePath path, InputStream in, long length) throws IOException {
    long left = length;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw new EOFException(
            path + " ended " + left + " bytes early; did it change while it was read?");
      }
      put(buffer, 0, count);
      left -= count;
    }
  }

  /** Decimal numbers, one a line: how many ranges, then offset and length of each. */
  private static byte[] sparseMap(List<Range> data, long size) {
    var text = new StringBuilder();
    boolean endsInHole =
        data.isEmpty()
            || data.get(data.size() - 1).offset() + data.get(data.size() - 1).length() < size;
    text.append(data.size() + (endsInHole ? 1 : 0)).append('\n');
    for (Range range : data) {
      text.append(range.offset()).append('\n').append(range.length()).append('\n');
    }
    if (endsInHole) {
      text.append(size).append("\n0\n"); // so GNU tar makes the file as long as it is
    }
    byte[] raw = TarHeaderWriter.utf8(text.toString());
    int blocks = (raw.length + TarInput.BLOCK_BYTES - 1) / TarInput.BLOCK_BYTES;
    return Arrays.copyOf(raw, blocks * TarInput.BLOCK_BYTES);
  }

  private void emit(TarHeaderWriter header) throws IOException {
    byte[] bytes = header.bytes();
    put(bytes, 0, bytes.length);
  }

  /** Ends the archive. */
  void writeEnd() throws IOException {
    byte[] zeros = new byte[2 * TarInput.BLOCK_BYTES];
    put(zeros, 0, zeros.length);
    pad(RECORD_BYTES);
  }

  private void pad(int unit) throws IOException {
    int rest = (int) (position % unit);
    if (rest > 0) {
      put(new byte[unit - rest], 0, unit - rest);
    }
  }

  private void put(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    position += length;
  }
}
