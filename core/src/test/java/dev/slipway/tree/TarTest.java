// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarTest {
  @TempDir Path directory;

  static Tree sample() {
    String deep = "a".repeat(120) + "/" + "b".repeat(200);
    var capability =
        Xattrs.of(Map.of("security.capability", new byte[] {1, 0, 0, 2, 0, '\n', 0, -1}));
    return Tree.of(
        t ->
            t.put(TreePath.ROOT, new Node.Directory(Metadata.mode(0755).withMtime(5, 0)))
                .file("/etc/hostname", 0644, Content.utf8("robot\n"))
                .hardLink("/etc/name", "/etc/hostname")
                .file("/" + deep, 0640, Content.utf8("deep"))
                .file("/ünï", 0640, Content.utf8("not ASCII"))
                .symlink("/link", "../" + "c".repeat(150))
                .device("/dev/null", 0666, Node.Special.Kind.CHARACTER_DEVICE, 1, 3)
                .device("/dev/fifo", 0600, Node.Special.Kind.FIFO, 0, 0)
                .put(
                    TreePath.of("/bin/ping"),
                    new Node.RegularFile(
                        new Metadata(04755, 3_000_000, 7, -2, 500_000_000, capability),
                        Content.utf8("x"))));
  }

  static byte[] tar(Tree tree) throws IOException {
    var out = new ByteArrayOutputStream();
    TarWriter.write(tree, out);
    return out.toByteArray();
  }

  @Test
  void readsWhatItWrites() throws IOException {
    Tree read =
        TarReader.read(new ByteArrayInputStream(tar(sample())), "t", ContentKeeper.inMemory());
    assertThat(TreeDifference.between(sample(), read).toString()).isEqualTo("no difference");
  }

  @Test
  @RequiresTool(value = "tar", in = "tar")
  void gnuTarListsIt() throws Exception {
    Path file = directory.resolve("t.tar");
    Files.write(file, tar(sample()));
    assertThat(Tool.output("tar", "-tvf", file.toString(), "--full-time", "--xattrs"))
        .contains("./etc/name link to ./etc/hostname")
        .contains("crw-rw-rw-");
  }
}
