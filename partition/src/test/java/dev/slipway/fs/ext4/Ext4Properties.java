// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.Size;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import dev.slipway.volume.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Generated trees: our reader gives the same tree, e2fsck has nothing to say, bytes repeat. */
class Ext4Properties {
  @Property(tries = 60)
  void readsBackWhatItWrote(@ForAll long seed) throws Exception {
    Tree tree = tree(new Random(seed), 60);
    Volume volume = Ext4.of(tree, options(seed));
    Referee.assertSame(tree, Referee.readBack(volume));
  }

  @Property(tries = 25)
  void e2fsckAcceptsGeneratedTrees(@ForAll long seed) throws Exception {
    if (Tool.find("e2fsck").isEmpty()) {
      System.err.println("SKIPPED e2fsckAcceptsGeneratedTrees: apt-get install e2fsprogs");
      return;
    }
    Path directory = Files.createTempDirectory("ext4");
    Path image = Referee.image(Ext4.of(tree(new Random(seed), 400), options(seed)), directory);
    try {
      Referee.check(image);
    } finally {
      Files.delete(image);
      Files.delete(directory);
    }
  }

  @Property(tries = 10)
  void theSameTreeGivesTheSameBytes(@ForAll long seed) throws Exception {
    Tree tree = tree(new Random(seed), 100);
    var shuffled = new ArrayList<>(tree.entries().entrySet());
    java.util.Collections.shuffle(shuffled, new Random(seed));
    Tree again = Tree.of(t -> shuffled.forEach(e -> t.put(e.getKey(), e.getValue())));
    assertThat(again).isEqualTo(tree);
    Volume one = Ext4.of(tree, Referee.READ_ONLY);
    Volume other = Ext4.of(again, Referee.READ_ONLY);
    assertThat(other.size()).isEqualTo(one.size());
    try (var a = one.open();
        var b = other.open()) {
      for (long at = 0; at < one.size(); at += 1 << 20) {
        int length = (int) Math.min(1 << 20, one.size() - at);
        assertThat(b.readFully(at, length)).isEqualTo(a.readFully(at, length));
      }
    }
  }

  private static Ext4Options options(long seed) {
    return switch ((int) Math.floorMod(seed, 3L)) {
      case 0 -> Referee.READ_ONLY;
      case 1 -> Ext4Options.writable(Referee.ID, Referee.TIME, Size.mib(300)).withLabel("röot");
      default -> Referee.READ_ONLY.withSize(Size.mib(150)).withReservedPercent(3);
    };
  }

  /** A tree of up to so many entries, every kind and odd value among them. */
  static Tree tree(Random random, int entriesMax) {
    return Tree.of(
        t -> {
          List<TreePath> directories = new ArrayList<>(List.of(TreePath.ROOT));
          List<TreePath> files = new ArrayList<>();
          int count = random.nextInt(entriesMax + 1);
          for (int i = 0; i < count; i++) {
            TreePath path =
                directories
                    .get(random.nextInt(1 + random.nextInt(directories.size())))
                    .child(name(random, i));
            if (t.node(path).isEmpty()) {
              put(t, path, random, directories, files);
            }
          }
        });
  }

  private static void put(
      TreeBuilder t,
      TreePath path,
      Random random,
      List<TreePath> directories,
      List<TreePath> files) {
    Metadata metadata = metadata(random);
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        t.put(path, new Node.Directory(metadata));
        directories.add(path);
      }
      case 2 -> t.put(path, new Node.Symlink(metadata, "t".repeat(1 + random.nextInt(130))));
      case 3 ->
          t.put(
              path,
              new Node.Special(
                  metadata,
                  random.nextBoolean() ? Kind.CHARACTER_DEVICE : Kind.BLOCK_DEVICE,
                  random.nextInt(random.nextBoolean() ? 256 : 4096),
                  random.nextInt(random.nextBoolean() ? 256 : 1 << 20)));
      case 4 ->
          t.put(
              path,
              new Node.Special(metadata, random.nextBoolean() ? Kind.FIFO : Kind.SOCKET, 0, 0));
      case 5 -> {
        if (files.isEmpty()) {
          t.put(path, new Node.RegularFile(metadata, Content.EMPTY));
        } else {
          t.put(path, new Node.HardLink(files.get(random.nextInt(files.size()))));
        }
      }
      default -> {
        t.put(path, new Node.RegularFile(metadata, content(random)));
        files.add(path);
      }
    }
  }

  private static String name(Random random, int number) {
    String unique = Integer.toString(number, 36);
    return switch (random.nextInt(6)) {
      case 0 -> unique + "n".repeat(255 - unique.length());
      case 1 -> "ÄÖ\uD83D\uDE80 \n\t\"" + unique;
      case 2 -> "..." + unique;
      default -> unique;
    };
  }

  private static Content content(Random random) {
    int size = random.nextInt(4) * 4096 + random.nextInt(3) - 1;
    if (random.nextInt(10) == 0) {
      size = random.nextInt(300_000);
    }
    if (size <= 0) {
      return Content.EMPTY;
    }
    var data = new ArrayList<Range>();
    for (int at = random.nextInt(3) * random.nextInt(5000); at < size; ) {
      int length = Math.min(size - at, 1 + random.nextInt(9000));
      data.add(new Range(at, length));
      at += length + random.nextInt(2) * random.nextInt(20_000) + 1;
    }
    return SampleTrees.sparse(size, data);
  }

  private static Metadata metadata(Random random) {
    long seconds = random.nextBoolean() ? random.nextInt() : random.nextLong(1L << 33);
    return new Metadata(
        random.nextInt(010000),
        random.nextBoolean() ? 0 : random.nextLong(0xffff_ffffL),
        random.nextBoolean() ? 0 : random.nextLong(0xffff_ffffL),
        seconds,
        random.nextInt(1_000_000_000),
        random.nextInt(4) == 0 ? xattrs(random) : Xattrs.NONE);
  }

  private static Xattrs xattrs(Random random) {
    var values = new TreeMap<String, byte[]>();
    int left = 3600;
    for (int i = random.nextInt(12); i >= 0; i--) {
      String prefix = List.of("user.", "trusted.", "security.").get(random.nextInt(3));
      String name = prefix + "a".repeat(1 + random.nextInt(100)) + i;
      byte[] value = new byte[random.nextInt(5) == 0 ? random.nextInt(3000) : random.nextInt(60)];
      random.nextBytes(value);
      left -= 16 + 8 + name.length() + value.length;
      if (left > 0) {
        values.put(name, value);
      }
    }
    return Xattrs.of(values);
  }
}
