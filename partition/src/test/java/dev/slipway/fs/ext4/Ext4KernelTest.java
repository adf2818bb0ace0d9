// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.io.Size;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** This machine's kernel mounts what we write. Only for root, where loop devices can be had. */
@RequiresTool(value = "e2fsck", in = "e2fsprogs")
@RequiresTool(value = "losetup", in = "mount")
class Ext4KernelTest {
  @TempDir Path temp;

  private Path mountPoint;
  private String device;

  @BeforeEach
  void requireRoot() throws Exception {
    boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    boolean loops = root && Tool.run(Map.of(), "losetup", "-f").status() == 0;
    if (!loops) {
      System.err.println("SKIPPED Ext4KernelTest: mounting needs root and a free loop device");
    }
    assumeTrue(loops, "mounting needs root and a free loop device");
    mountPoint = Files.createDirectory(temp.resolve("mount"));
  }

  @AfterEach
  void unmount() throws Exception {
    if (device != null) {
      Tool.run(Map.of(), "umount", mountPoint.toString());
      Tool.output("losetup", "-d", device);
    }
  }

  private void mount(Path image, String options) throws Exception {
    Tool.Result attached = Tool.run(Map.of(), "losetup", "-f", "--show", image.toString());
    assumeTrue(attached.status() == 0, attached.output());
    device = attached.output().strip();
    Tool.output("mount", "-t", "ext4", "-o", options, device, mountPoint.toString());
  }

  @Test
  void theKernelSeesTheTreeAndWritesNothing() throws Exception {
    Tree tree =
        SampleTrees.everything()
            .with(
                t -> {
                  for (int i = 0; i < 20_000; i++) {
                    t.file("/indexed/name-" + i, 0644, Content.EMPTY);
                  }
                });
    Path image = Referee.image(Ext4.of(tree, Referee.READ_ONLY), temp);
    Digest before = Digest.of(ByteSource.file(image));
    mount(image, "ro,noload");
    Tree seen = HostTree.of(mountPoint);
    Tree expected = tree.mapped((path, node) -> node.withMetadata(bare(node.metadata())));
    Referee.assertSame(expected, Referee.withoutLostAndFound(seen));
    // Looked up by name, so through the index.
    for (int i = 0; i < 20_000; i += 7) {
      assertThat(mountPoint.resolve("indexed/name-" + i)).exists();
    }
    for (String path : new String[] {"attributes", "setuid"}) {
      RegularFile file = (RegularFile) tree.inode(path).orElseThrow();
      for (var attribute : file.metadata().xattrs().asMap().entrySet()) {
        assertThat(
                Tool.output(
                    "getfattr",
                    "--only-values",
                    "-n",
                    attribute.getKey(),
                    mountPoint.resolve(path).toString()))
            .endsWith(new String(attribute.getValue(), StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(Tool.output("stat", "-c", "%t:%T %A", mountPoint.resolve("disk").toString()))
        .isEqualTo("103:11170 brw-rw----\n");
    assertThat(Digest.of(ByteSource.file(image))).isEqualTo(before);
  }

  private static dev.slipway.tree.Metadata bare(dev.slipway.tree.Metadata metadata) {
    return metadata.withXattrs(dev.slipway.tree.Xattrs.NONE);
  }

  /** The kernel lets only holders of CAP_SYS_RESOURCE grow a mounted file system. */
  private static void requireSysResource() throws Exception {
    long held =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElseThrow();
    boolean may = (held & 1 << 24) != 0;
    if (!may) {
      System.err.println("SKIPPED growing a mounted file system: needs CAP_SYS_RESOURCE");
    }
    assumeTrue(may, "growing a mounted file system needs CAP_SYS_RESOURCE");
  }

  @Test
  void theKernelWritesToADataFileSystem() throws Exception {
    Path image =
        Referee.image(
            Ext4.of(Tree.empty(), Ext4Options.writable(Referee.ID, Referee.TIME, Size.mib(256))),
            temp);
    mount(image, "rw");
    for (int i = 0; i < 3000; i++) {
      Files.createFile(mountPoint.resolve("a-file-with-a-name-" + i));
    }
    Files.write(mountPoint.resolve("large"), SampleTrees.filled(100 << 20, 5));
    Tool.output("umount", mountPoint.toString());
    Referee.check(image);
    try (BlockSource source = BlockSource.file(image)) {
      assertThat(Ext4.read(source, "image").size()).isEqualTo(3000 + 3);
    }
  }

  @Test
  void aDataFileSystemGrowsWhileItIsMounted() throws Exception {
    requireSysResource();
    Path image =
        Referee.image(
            Ext4.of(Tree.empty(), Ext4Options.writable(Referee.ID, Referee.TIME, Size.mib(64))),
            temp);
    mount(image, "rw");
    Files.writeString(mountPoint.resolve("kept"), "kept");
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(200L << 30);
    }
    Tool.output("losetup", "-c", device);
    Tool.output("resize2fs", device);
    assertThat(Files.getFileStore(mountPoint).getTotalSpace()).isGreaterThan(190L << 30);
    assertThat(mountPoint.resolve("kept")).hasContent("kept");
    Files.write(mountPoint.resolve("more"), SampleTrees.filled(70 << 20, 5));
    Tool.output("umount", mountPoint.toString());
    Referee.check(image);
  }
}
