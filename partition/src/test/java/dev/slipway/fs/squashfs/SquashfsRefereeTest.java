// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.io.BlockSource;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Tree;
import dev.slipway.tree.Xattrs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** squashfs-tools and the kernel read what we write, and we read what squashfs-tools write. */
@RequiresTool(value = "unsquashfs", in = "squashfs-tools")
@RequiresTool(value = "tar", in = "tar")
class SquashfsRefereeTest {
  @TempDir Path temp;

  @BeforeEach
  void requireRoot() throws Exception {
    boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    if (!root) {
      System.err.println("SKIPPED SquashfsRefereeTest: owners and devices need root");
    }
    assumeTrue(root, "owners and devices need root");
  }

  private Path image(SquashfsCompression compression) throws Exception {
    Path image = temp.resolve("image");
    Files.write(image, Samples.bytes(Samples.everything(), Samples.options(compression)));
    return image;
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP", "XZ", "ZSTD"})
  void unsquashfsUnpacksTheTree(SquashfsCompression compression) throws Exception {
    Path out = temp.resolve("out");
    Tool.output("unsquashfs", "-n", "-d", out.toString(), image(compression).toString());
    Samples.assertSame(Samples.everything(), Samples.directory(out, temp));
  }

  @Test
  void unsquashfsListsEveryName() throws Exception {
    String listing = Tool.output("unsquashfs", "-lls", image(SquashfsCompression.ZSTD).toString());
    assertThat(listing.lines().filter(line -> line.contains("squashfs-root")))
        .hasSize(Samples.everything().size())
        .anyMatch(line -> line.matches("-rwsr-sr-x 70000/4000000000 +1 .*/odd"));
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP", "XZ", "ZSTD"})
  void theKernelMountsIt(SquashfsCompression compression) throws Exception {
    Path mountPoint = Files.createDirectory(temp.resolve("mount"));
    Tool.Result mounted =
        Tool.run(
            Map.of(),
            "mount",
            "-t",
            "squashfs",
            "-o",
            "loop,ro",
            image(compression).toString(),
            mountPoint.toString());
    if (mounted.status() != 0) {
      System.err.println("SKIPPED theKernelMountsIt: " + mounted.output());
    }
    assumeTrue(mounted.status() == 0, mounted.output());
    try {
      Samples.assertSame(Samples.everything(), Samples.directory(mountPoint, temp));
      for (int i = 0; i < 1200; i += 7) {
        assertThat(mountPoint.resolve("many/" + "n".repeat(i % 90) + i)).hasContent("file " + i);
      }
    } finally {
      Tool.output("umount", mountPoint.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, ''",
    "gzip, -Xstrategy huffman_only",
    "xz, ''",
    "xz, -Xbcj x86",
    "zstd, -Xcompression-level 19",
    "lz4, ''",
    "lz4, -Xhc",
    "lzo, ''",
    "gzip, -noI -noD -noF -noX -noId",
    "zstd, -tailends",
    "gzip, -no-fragments -no-exports -no-duplicates",
    "zstd, -always-use-fragments -no-sparse -b 4096",
    "xz, -b 1M -no-xattrs",
  })
  @RequiresTool(value = "mksquashfs", in = "squashfs-tools")
  void readsWhatMksquashfsWrites(String compressor, String more) throws Exception {
    Path out = temp.resolve("out");
    Path image = temp.resolve("theirs");
    Tool.output(
        "unsquashfs", "-n", "-d", out.toString(), image(SquashfsCompression.GZIP).toString());
    Tool.output(
        ("mksquashfs "
                + out
                + " "
                + image
                + " -noappend -no-progress -comp "
                + compressor
                + " "
                + more)
            .strip()
            .split(" +"));
    Tree expected =
        more.contains("-no-xattrs")
            ? Samples.everything()
                .mapped((path, node) -> node.withMetadata(node.metadata().withXattrs(Xattrs.NONE)))
            : Samples.everything();
    try (BlockSource in = BlockSource.file(image)) {
      Samples.assertSame(expected, Squashfs.read(in, "theirs"));
    }
  }
}
