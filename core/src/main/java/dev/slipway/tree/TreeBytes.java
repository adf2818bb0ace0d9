// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tree's metadata as compact bytes, contents by size and digest: what a cache keeps, and what
 * names a tree. Equal trees have equal bytes.
 *
 * <p>The form is described in {@code docs/formats/stored-tree.md}.
 */
public final class TreeBytes {
  private static final String MAGIC = "slipway tree 1\n";

  private static final int DIRECTORY = 0;
  private static final int IMPLIED_DIRECTORY = 1;
  private static final int FILE = 2;
  private static final int SYMLINK = 3;
  private static final int HARD_LINK = 4;
  private static final int SPECIAL = 5; // and one more for each further kind

  private TreeBytes() {}

  /** Finds the bytes of a content again. */
  @FunctionalInterface
  public interface Sources {
    /**
     * The source of a content.
     *
     * @param index the content's place in {@link #contents}
     */
    ByteSource source(int index, long sizeBytes, Digest digest, List<Range> data)
        throws FormatException;
  }

  private record ContentKey(Digest digest, long sizeBytes, List<Range> data) {
    static ContentKey of(Content content) {
      return new ContentKey(content.digest(), content.sizeBytes(), content.data());
    }
  }

  /** The distinct contents of a tree in the order in which its bytes list them. */
  public static List<Content> contents(Tree tree) {
    return List.copyOf(distinct(tree).values());
  }

  private static Map<ContentKey, Content> distinct(Tree tree) {
    var distinct = new LinkedHashMap<ContentKey, Content>();
    for (Node node : tree.entries().values()) {
      if (node instanceof RegularFile file) {
        distinct.putIfAbsent(ContentKey.of(file.content()), file.content());
      }
    }
    return distinct;
  }

  /**
   * The digest that names a tree: of everything {@link Tree#equals} compares, and of where the
   * holes of files are.
   */
  public static Digest digest(Tree tree) {
    return Digest.of(encode(tree, false));
  }

  /** The bytes of a tree, from which {@link #decode} makes an equal one. */
  public static byte[] encode(Tree tree) {
    return encode(tree, true);
  }

  private static byte[] encode(Tree tree, boolean withImplied) {
    var out = new VarintWriter();
    out.raw(TarHeaderWriter.utf8(MAGIC));
    var contentIndex = new HashMap<ContentKey, Integer>();
    Map<ContentKey, Content> contents = distinct(tree);
    out.number(contents.size());
    for (ContentKey key : contents.keySet()) {
      contentIndex.put(key, contentIndex.size());
      encode(key, out);
    }
    out.number(tree.size());
    var entryIndex = new HashMap<TreePath, Integer>();
    byte[] previous = new byte[0];
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      byte[] path = TarHeaderWriter.utf8(entry.getKey().relative());
      int shared = java.util.Arrays.mismatch(previous, path);
      shared = shared < 0 ? path.length : shared;
      out.number(shared);
      out.number(path.length - shared);
      out.raw(path, shared, path.length - shared);
      previous = path;
      Node node = entry.getValue();
      if (node instanceof HardLink link) {
        out.number(HARD_LINK);
        out.number(entryIndex.get(link.target()));
      } else {
        entryIndex.put(entry.getKey(), entryIndex.size());
        encode((Inode) node, withImplied, contentIndex, out);
      }
    }
    return out.bytes();
  }

  private static void encode(ContentKey content, VarintWriter out) {
    out.raw(content.digest().bytes());
    out.number(content.sizeBytes());
    List<Range> data = content.data();
    boolean whole = data.size() == 1 && data.get(0).length() == content.sizeBytes();
    out.number(whole ? 0 : data.size() + 1);
    if (!whole) {
      long end = 0;
      for (Range range : data) {
        out.number(range.offset() - end);
        out.number(range.length());
        end = range.offset() + range.length();
      }
    }
  }

  private static void encode(
      Inode inode, boolean withImplied, Map<ContentKey, Integer> contentIndex, VarintWriter out) {
    if (inode instanceof Directory directory) {
      out.number(withImplied && directory.implied() ? IMPLIED_DIRECTORY : DIRECTORY);
    } else if (inode instanceof RegularFile file) {
      out.number(FILE);
      out.number(contentIndex.get(ContentKey.of(file.content())));
    } else if (inode instanceof Symlink link) {
      out.number(SYMLINK);
      out.text(link.target());
    } else if (inode instanceof Special special) {
      out.number(SPECIAL + special.kind().ordinal());
      out.number(special.major());
      out.number(special.minor());
    }
    Metadata metadata = inode.metadata();
    out.number(metadata.mode());
    out.number(metadata.uid());
    out.number(metadata.gid());
    out.signed(metadata.mtimeSeconds());
    out.number(metadata.mtimeNanos());
    out.number(metadata.xattrs().asMap().size());
    metadata
        .xattrs()
        .asMap()
        .forEach(
            (name, value) -> {
              out.text(name);
              out.number(value.length);
              out.raw(value);
            });
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param sourceName the name of the bytes in error messages
   */
  public static Tree decode(byte[] bytes, String sourceName, Sources sources)
      throws FormatException {
    var in = new VarintReader(bytes, sourceName);
    in.expect(TarHeaderWriter.utf8(MAGIC), "magic");
    try {
      var contents = new ArrayList<Content>();
      int count = in.count("contents");
      for (int i = 0; i < count; i++) {
        contents.add(content(in, i, sources));
      }
      Tree tree = tree(in, contents);
      in.expectEnd();
      return tree;
    } catch (IllegalArgumentException e) {
      throw in.error(e.getMessage());
    }
  }

  private static Content content(VarintReader in, int index, Sources sources)
      throws FormatException {
    Digest digest = Digest.fromBytes(in.raw(Digest.BYTES, "content digest"));
    long size = in.number("content size");
    int ranges = in.count("ranges");
    List<Range> data = new ArrayList<>();
    if (ranges == 0) {
      data.add(new Range(0, size));
    }
    long end = 0;
    for (int i = 1; i < ranges; i++) {
      long offset = end + in.number("range offset");
      long length = in.number("range length");
      data.add(new Range(offset, length));
      end = offset + length;
    }
    return Content.sparse(size, digest, data, sources.source(index, size, digest, data));
  }

  private static Tree tree(VarintReader in, List<Content> contents) throws FormatException {
    var entries = new TreeMap<TreePath, Node>();
    var inodes = new ArrayList<TreePath>();
    int count = in.count("entries");
    byte[] path = new byte[1 << 12];
    int pathLength = 0;
    TreePath before = null;
    for (int i = 0; i < count; i++) {
      int shared = in.count("shared bytes of a path");
      int length = in.count("further bytes of a path");
      if (shared > pathLength || length > VarintReader.PATH_BYTES_MAX - shared) {
        throw in.error("a path of " + shared + " + " + length + " bytes");
      }
      if (shared + length > path.length) {
        path = java.util.Arrays.copyOf(path, 2 * (shared + length));
      }
      in.raw(path, shared, length);
      pathLength = shared + length;
      TreePath at = TreePath.of(in.utf8(path, 0, shared + length, "path"));
      if (before == null ? !at.isRoot() : at.compareTo(before) <= 0) {
        throw in.error("paths are out of order at " + at);
      }
      if (before != null && !(entries.get(at.parent().orElseThrow()) instanceof Directory)) {
        throw in.error(at + " lies in no directory");
      }
      entries.put(at, node(in, at, contents, inodes, entries));
      before = at;
    }
    if (before == null) {
      throw in.error("a tree without a root");
    }
    return new Tree(entries);
  }

  private static Node node(
      VarintReader in,
      TreePath path,
      List<Content> contents,
      List<TreePath> inodes,
      Map<TreePath, Node> entries)
      throws FormatException {
    int kind = in.count("kind");
    if (path.isRoot() && kind > IMPLIED_DIRECTORY) {
      throw in.error("the root is no directory");
    }
    if (kind == HARD_LINK) {
      TreePath target = inodes.get(in.index("hard link", inodes.size()));
      if (entries.get(target) instanceof Directory) {
        throw in.error(path + " is a hard link to a directory");
      }
      return new HardLink(target);
    }
    inodes.add(path);
    if (kind == FILE) {
      Content content = contents.get(in.index("content", contents.size()));
      return new RegularFile(metadata(in), content);
    }
    if (kind == SYMLINK) {
      String target = in.text("link target");
      return new Symlink(metadata(in), target);
    }
    if (kind <= IMPLIED_DIRECTORY) {
      return new Directory(metadata(in), kind == IMPLIED_DIRECTORY);
    }
    Special.Kind[] kinds = Special.Kind.values();
    if (kind - SPECIAL >= kinds.length) {
      throw in.error(path + ": kind " + kind + " is unknown");
    }
    int major = in.count("major device number");
    int minor = in.count("minor device number");
    return new Special(metadata(in), kinds[kind - SPECIAL], major, minor);
  }

  private static Metadata metadata(VarintReader in) throws FormatException {
    int mode = in.count("mode");
    long uid = in.number("uid");
    long gid = in.number("gid");
    long seconds = in.signed("mtime");
    int nanos = in.count("nanoseconds");
    int attributes = in.count("attributes");
    if (attributes == 0) {
      return new Metadata(mode, uid, gid, seconds, nanos, Xattrs.NONE);
    }
    var xattrs = new TreeMap<String, byte[]>();
    for (int i = 0; i < attributes; i++) {
      String name = in.text("attribute");
      xattrs.put(name, in.raw(in.count("attribute's size"), "attribute"));
    }
    return new Metadata(mode, uid, gid, seconds, nanos, Xattrs.of(xattrs));
  }
}
