// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioWriterTest {
  private static byte[] archive(Tree tree) throws IOException {
    var out = new ByteArrayOutputStream();
    CpioWriter.write(tree, out);
    return out.toByteArray();
  }

  @Test
  void smallestArchivesByHand() throws Exception {
    String trailer =
        "070701"
            + "00000000".repeat(4)
            + "00000001"
            + "00000000".repeat(6)
            + "0000000b"
            + "00000000"
            + "TRAILER!!!\0";
    assertThat(text(archive(Tree.empty()))).isEqualTo(trailer + "\0\0\0");

    Tree one = Tree.of(t -> t.file("/init", 0755, Content.utf8("hello")));
    String header =
        "070701"
            + "00000001"
            + "000081ed"
            + "00000000"
            + "00000000"
            + "00000001"
            + "00000000"
            + "00000005"
            + "00000000".repeat(4)
            + "00000005"
            + "00000000";
    assertThat(header).hasSize(110);
    assertThat(text(archive(one)))
        .isEqualTo(header + "init\0\0" + "hello\0\0\0" + trailer + "\0\0\0");
  }

  @Test
  void everyEntryStartsAtAMultipleOfFour() throws Exception {
    for (int size = 0; size < 9; size++) {
      for (int name = 1; name < 9; name++) {
        String path = "n".repeat(name);
        byte[] content = new byte[size];
        byte[] archive = archive(Tree.of(t -> t.file(path, 0600, Content.bytes(content))));
        String text = text(archive);
        assertThat(text.indexOf("070701", 6) % 4).as("%d bytes in %s", size, path).isZero();
        assertThat(archive.length % 4).isZero();
      }
    }
  }

  @Test
  @RequiresTool(value = "cpio", in = "cpio")
  void cpioListsWhatTheTreeHolds(@TempDir Path temp) throws Exception {
    Tree tree =
        Tree.of(
            t ->
                t.directory("/dev", 0755)
                    .device("/dev/console", 0600, Special.Kind.CHARACTER_DEVICE, 5, 1)
                    .device("/dev/sda", 0660, Special.Kind.BLOCK_DEVICE, 8, 0)
                    .file("/bin/tool", 04755, Content.utf8("x"))
                    .hardLink("/bin/other", "/bin/tool")
                    .symlink("/bin/sh", "busybox"));
    Path file = temp.resolve("archive");
    Files.write(file, archive(tree));
    List<String> listed =
        Tool.output("cpio", "--quiet", "-itvF", file.toString())
            .lines()
            .map(line -> line.replaceAll(" +", " ").replaceAll(" Jan 1 1970", ""))
            .toList();
    assertThat(listed)
        .containsExactly(
            "drwxr-xr-x 2 root root 0 bin",
            "-rwsr-xr-x 1 root root 1 bin/other",
            "lrwxrwxrwx 1 root root 7 bin/sh -> busybox",
            "-rwsr-xr-x 1 root root 1 bin/tool",
            "drwxr-xr-x 2 root root 0 dev",
            "crw------- 1 root root 5, 1 dev/console",
            "brw-rw---- 1 root root 8, 0 dev/sda");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
