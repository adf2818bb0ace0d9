// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.BlockSource;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** We read what mke2fs writes. */
@RequiresTool(value = "mke2fs", in = "e2fsprogs")
class Ext4PeerTest {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t ext2",
        "-t ext2 -b 1024 -I 128",
        "-t ext3 -b 2048",
        "-t ext4",
        "-t ext4 -b 1024",
        "-t ext4 -O inline_data",
        "-t ext4 -O metadata_csum_seed -U 11111111-2222-3333-4444-555555555555",
        "-t ext4 -O ^resize_inode,meta_bg -b 1024",
        "-t ext4 -O ^metadata_csum,uninit_bg,^64bit",
        "-t ext4 -O bigalloc -C 16384",
      })
  void readsWhatMke2fsWrites(String options) throws Exception {
    Path directory = Files.createDirectory(temp.resolve("tree"));
    fill(directory);
    Path image = temp.resolve("image");
    var command = new ArrayList<>(List.of("mke2fs", "-q"));
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-d", directory.toString(), image.toString(), "48M"));
    Tool.output(command.toArray(String[]::new));
    try (BlockSource source = BlockSource.file(image)) {
      Tree read = Referee.withoutLostAndFound(Ext4.read(source, "image"));
      Referee.assertSame(expected(directory, read), read);
    }
  }

  private static void fill(Path directory) throws Exception {
    Files.writeString(directory.resolve("small"), "hello");
    Files.write(directory.resolve("tiny-inline"), new byte[] {1, 2, 3});
    Files.write(directory.resolve("larger-inline"), SampleTrees.filled(130, 9));
    Files.createFile(directory.resolve("empty"));
    Files.createLink(directory.resolve("second"), directory.resolve("small"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("small"));
    Files.createSymbolicLink(directory.resolve("long"), Path.of("x".repeat(70)));
    Files.createSymbolicLink(directory.resolve("longest"), Path.of("x".repeat(1000)));
    Path many = Files.createDirectory(directory.resolve("many"));
    for (int i = 0; i < 400; i++) {
      Files.createFile(many.resolve("some-file-with-a-name-" + i));
    }
    Path deep = Files.createDirectories(directory.resolve("a/b/c/d/e/f"));
    Files.write(deep.resolve("large"), SampleTrees.filled(3 << 20, 77));
    try (var sparse = new RandomAccessFile(directory.resolve("sparse").toFile(), "rw")) {
      for (int i = 0; i < 500; i++) {
        sparse.seek(i * 131_072L);
        sparse.writeInt(i + 1);
      }
      sparse.seek((66 << 20) - 4); // mke2fs 1.47.0 loses a hole at the end with inline_data
      sparse.writeInt(1);
    }
  }

  /** mke2fs copies whole seconds, and leaves the root's own owner, mode and times alone. */
  private static Tree expected(Path directory, Tree read) throws Exception {
    return HostTree.of(directory)
        .mapped(
            (path, inode) -> {
              Metadata metadata = inode.metadata();
              return inode.withMetadata(metadata.withMtime(metadata.mtimeSeconds(), 0));
            })
        .with(t -> t.put(TreePath.ROOT, read.inode("/").orElseThrow()));
  }
}
