// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * Trees with everything that is hard about file systems, made from a seed: odd names and modes, big
 * ids, times before 1970 and with fractions, attributes, holes, hard links to all that can have
 * them, devices.
 */
public final class GeneratedTree {
  private static final List<String> NAMES =
      List.of(
          "a",
          "b",
          "etc",
          "x y",
          "-rf",
          "..c",
          ".d",
          "back\\slash",
          "new\nline",
          "tab\t",
          "%25",
          "a=b",
          "Größe",
          "日本語",
          "\ud83d\ude00",
          "quote\"'",
          "*",
          "n".repeat(99),
          "m".repeat(100),
          "l".repeat(101),
          "k".repeat(255),
          "é".repeat(127));

  private final Random random;
  private final boolean sockets;
  private final List<TreePath> directories = new ArrayList<>(List.of(TreePath.ROOT));
  private final List<TreePath> linkable = new ArrayList<>();

  private GeneratedTree(long seed, boolean sockets) {
    this.random = new Random(seed);
    this.sockets = sockets;
  }

  /** A tree of up to 40 entries. The same seed gives the same tree. */
  public static Tree of(long seed) {
    return new GeneratedTree(seed, true).tree();
  }

  /** As {@link #of}, but for what tar cannot hold. */
  public static Tree withoutSockets(long seed) {
    return new GeneratedTree(seed, false).tree();
  }

  private Tree tree() {
    return Tree.of(
        t -> {
          t.put(TreePath.ROOT, new Node.Directory(metadata()));
          int count = random.nextInt(40);
          for (int i = 0; i < count; i++) {
            add(t, i);
          }
        });
  }

  private void add(TreeBuilder t, int i) {
    TreePath directory = directories.get(random.nextInt(directories.size()));
    TreePath path = directory.child(NAMES.get(random.nextInt(NAMES.size())));
    if (t.node(path).isPresent()) {
      return;
    }
    int kind = random.nextInt(10);
    if (kind < 2) {
      t.put(path, new Node.Directory(metadata()));
      directories.add(path);
    } else if (kind < 6) {
      t.put(path, new Node.RegularFile(metadata(), content(i)));
      linkable.add(path);
    } else if (kind == 6) {
      String target = "../".repeat(random.nextInt(4)) + NAMES.get(random.nextInt(NAMES.size()));
      t.put(path, new Node.Symlink(metadata(), random.nextInt(5) == 0 ? "/" + target : target));
      linkable.add(path);
    } else if (kind == 7) {
      t.put(path, special());
      linkable.add(path);
    } else if (!linkable.isEmpty()) {
      t.put(path, new Node.HardLink(linkable.get(random.nextInt(linkable.size()))));
    }
  }

  private Node special() {
    Kind kind = Kind.values()[random.nextInt(sockets ? 4 : 3)];
    boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
    int major = device ? random.nextInt(0x1000) : 0;
    int minor = device ? random.nextInt(0x100000) : 0;
    return new Node.Special(metadata(), kind, major, minor);
  }

  private Metadata metadata() {
    long[] ids = {0, 1, 1000, 65_534, 0x1f_ffffL, 0x20_0000L, 0xffff_fffeL};
    long[] seconds = {0, 1, -1, 1_700_000_000L, 0x1_ffff_ffffL, 0x2_0000_0000L, -2_000_000_000L};
    int[] nanos = {0, 0, 1, 500_000_000, 999_999_999, 120_000_000};
    return new Metadata(
        random.nextInt(010000),
        ids[random.nextInt(ids.length)],
        ids[random.nextInt(ids.length)],
        seconds[random.nextInt(seconds.length)],
        nanos[random.nextInt(nanos.length)],
        xattrs());
  }

  private Xattrs xattrs() {
    var values = new TreeMap<String, byte[]>();
    if (random.nextInt(4) == 0) {
      byte[] capability = bytes(20);
      System.arraycopy(new byte[] {0, 0, 0, 2}, 0, capability, 0, 4); // the version Linux checks
      values.put("security.capability", capability);
    }
    if (random.nextInt(6) == 0) {
      values.put("user.ü=50%", bytes(random.nextInt(300)));
    }
    return Xattrs.of(values);
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private Content content(int i) {
    int[] sizes = {0, 1, i, 511, 512, 513, 5000, 70_000};
    byte[] bytes = bytes(sizes[random.nextInt(sizes.length)]);
    if (random.nextInt(4) > 0 || bytes.length == 0) {
      return Content.bytes(bytes);
    }
    var data = new ArrayList<Range>();
    int at = 0;
    while (at < bytes.length && data.size() < 30) {
      int hole = Math.min(bytes.length - at, 512 * (1 + random.nextInt(20)));
      java.util.Arrays.fill(bytes, at, at + hole, (byte) 0);
      at += hole;
      int length = Math.min(bytes.length - at, 512 * (1 + random.nextInt(4)));
      if (length > 0) {
        data.add(new Range(at, length));
        at += length;
      }
    }
    java.util.Arrays.fill(bytes, at, bytes.length, (byte) 0);
    return Content.sparse(bytes.length, Digest.of(bytes), data, ByteSource.bytes(bytes));
  }
}
