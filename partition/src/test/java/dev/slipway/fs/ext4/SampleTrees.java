// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.ByteSource;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Trees that hold what file systems hold, and the shapes where ext4 changes form. */
final class SampleTrees {
  private SampleTrees() {}

  /** One of everything. */
  static Tree everything() {
    var acl =
        ByteBuffer.allocate(4 + 5 * 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(2)
            .put(aclEntry(0x01, 7, -1))
            .put(aclEntry(0x02, 6, 1000))
            .put(aclEntry(0x04, 5, -1))
            .put(aclEntry(0x10, 7, -1))
            .put(aclEntry(0x20, 4, -1))
            .array();
    Xattrs few = Xattrs.of(Map.of("user.note", new byte[] {1, 2, 3}));
    Xattrs many =
        Xattrs.of(
            Map.of(
                "user.large", filled(3000, 7),
                "user.empty", new byte[0],
                "trusted.t", filled(33, 1),
                "security.capability", netBindService(),
                "system.posix_acl_access", acl));
    var file = new Metadata(04755, 70_000, 4_000_000_000L, 1_700_000_000L, 123_456_789, few);
    return Tree.of(
        t ->
            t.put(TreePath.ROOT, new Directory(Metadata.mode(01777).withMtime(5, 6)))
                .file("/empty", 0600, Content.EMPTY)
                .file("/small", 0644, Content.utf8("hello\n"))
                .put(TreePath.of("/setuid"), new RegularFile(file, Content.utf8("x")))
                .put(
                    TreePath.of("/attributes"),
                    new RegularFile(Metadata.mode(0).withXattrs(many), Content.utf8("y")))
                .put(
                    TreePath.of("/attributes-again"),
                    new Directory(Metadata.mode(02750).withXattrs(many)))
                .put(
                    TreePath.of("/old"),
                    new RegularFile(Metadata.mode(0644).withMtime(-1, 999_999_999), Content.EMPTY))
                .put(
                    TreePath.of("/future"),
                    new RegularFile(
                        Metadata.mode(0644).withMtime(15_032_385_534L, 2000), Content.EMPTY))
                .symlink("/short", "small")
                .symlink("/59", "a".repeat(59))
                .symlink("/60", "b".repeat(60))
                .symlink("/longest", "c".repeat(4095))
                .put(
                    TreePath.of("/link-with-attributes"),
                    new Symlink(
                        Metadata.mode(0777)
                            .withXattrs(Xattrs.of(Map.of("trusted.x", filled(500, 4)))),
                        "small"))
                .hardLink("/a-name-of-small", "/small")
                .hardLink("/dir/another", "/small")
                .hardLink("/zero", "/null")
                .device("/null", 0666, Kind.CHARACTER_DEVICE, 1, 3)
                .device("/disk", 0660, Kind.BLOCK_DEVICE, 259, 70_000)
                .device("/minor256", 0660, Kind.BLOCK_DEVICE, 8, 256)
                .put(TreePath.of("/fifo"), new Special(Metadata.mode(0622), Kind.FIFO, 0, 0))
                .put(TreePath.of("/socket"), new Special(Metadata.mode(0777), Kind.SOCKET, 0, 0))
                .file("/sparse", 0644, sparse(50_000, List.of(new Range(9000, 10))))
                .file("/tail-hole", 0644, sparse(30 << 20, List.of(new Range(0, 5000))))
                .file("/only-hole", 0644, sparse(1_234_567, List.of()))
                .file("/many-extents", 0644, sparse(2000L * 16384, everyFourth(2000)))
                .file("/names/" + "n".repeat(255), 0644, Content.EMPTY)
                .file("/names/ümlaut \uD83D\uDE80", 0644, Content.EMPTY));
  }

  /** Content of zeros in which the bytes of the given ranges are not. */
  static Content sparse(long size, List<Range> data) {
    ByteSource source = () -> new PatternStream(size, data);
    return Content.undigested(size, data, source);
  }

  private static List<Range> everyFourth(int count) {
    var ranges = new ArrayList<Range>();
    for (int i = 0; i < count; i++) {
      ranges.add(new Range(16384L * i, 4096));
    }
    return ranges;
  }

  /** What {@code setcap cap_net_bind_service=ep} stores. */
  private static byte[] netBindService() {
    return ByteBuffer.allocate(20)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0x0200_0001)
        .putInt(1 << 10)
        .array();
  }

  private static byte[] aclEntry(int tag, int permissions, int id) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) tag)
        .putShort((short) permissions)
        .putInt(id)
        .array();
  }

  static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** Bytes that depend on their offset where there is data, zeros elsewhere; skipping is free. */
  private static final class PatternStream extends InputStream {
    private final long size;
    private final List<Range> data;
    private long at;
    private int index;

    PatternStream(long size, List<Range> data) {
      this.size = size;
      this.data = data;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int count = (int) Math.min(length, size - at);
      if (count <= 0) {
        return length == 0 ? 0 : -1;
      }
      java.util.Arrays.fill(target, offset, offset + count, (byte) 0);
      long end = at + count;
      while (at < end) {
        while (index < data.size() && data.get(index).offset() + data.get(index).length() <= at) {
          index++;
        }
        Range range = index < data.size() ? data.get(index) : null;
        if (range == null || range.offset() >= end) {
          at = end;
        } else if (range.offset() > at) {
          at = range.offset();
        } else {
          // One value for each 512 bytes, never zero.
          long until = Math.min(Math.min(end, range.offset() + range.length()), (at | 511) + 1);
          int from = offset + count - (int) (end - at);
          java.util.Arrays.fill(
              target, from, from + (int) (until - at), (byte) ((at >>> 9) * 2 + 1));
          at = until;
        }
      }
      return count;
    }

    @Override
    public long skip(long count) {
      long skipped = Math.max(0, Math.min(count, size - at));
      at += skipped;
      return skipped;
    }
  }
}
