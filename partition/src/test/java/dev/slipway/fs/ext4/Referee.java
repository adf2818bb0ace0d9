// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSink;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.progress.Progress;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** What the tests of this package share: an identity, images on the disk, and e2fsck's verdict. */
final class Referee {
  static final UUID ID = UUID.fromString("6f1d9c3e-52b1-4b8e-9a55-0d4c1c2b7a10");
  static final long TIME = 1_700_000_000;
  static final Ext4Options READ_ONLY = Ext4Options.readOnly(ID, TIME);

  private Referee() {}

  /** Writes a volume to a new file. */
  static Path image(Volume volume, Path directory) throws IOException {
    Path image = Files.createTempFile(directory, "ext4-", ".img");
    Files.delete(image);
    try (BlockSink sink = BlockSink.createFile(image, volume.size())) {
      volume.writeTo(sink, Progress.none());
    }
    return image;
  }

  /** The bytes of a small volume. */
  static byte[] bytes(Volume volume) throws IOException {
    MemoryBlockSink sink = BlockSink.inMemory(Math.toIntExact(volume.size()));
    volume.writeTo(sink, Progress.none());
    return sink.bytes();
  }

  /** What our reader makes of a volume, without the directory that the writer adds. */
  static Tree readBack(Volume volume) throws IOException {
    return withoutLostAndFound(Ext4.read(volume.open(), "volume"));
  }

  static Tree withoutLostAndFound(Tree tree) {
    return tree.without(path -> path.equals(TreePath.of("lost+found")));
  }

  /** Fails, naming every difference, unless two trees are the same. */
  static void assertSame(Tree expected, Tree found) {
    if (!expected.equals(found)) {
      assertThat(TreeDifference.between(expected, found).differences()).isEmpty();
      throw new AssertionError("the trees are not equal, but no difference is known");
    }
  }

  /** Fails unless e2fsck finds nothing to say about an image. */
  static void check(Path image) throws IOException, InterruptedException {
    Tool.Result result = Tool.run(Map.of(), "e2fsck", "-fn", image.toString());
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output().lines().filter(line -> !isRoutine(line))).isEmpty();
  }

  private static boolean isRoutine(String line) {
    return line.isEmpty()
        || line.startsWith("e2fsck 1.")
        || line.matches("Pass [1-5]: Checking [a-z, ]+")
        || line.matches(
            ".*: [0-9]+/[0-9]+ files \\([0-9.]+% non-contiguous\\), [0-9]+/[0-9]+ blocks");
  }
}
