// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Changes the lines of small text files in a tree. Bytes that are not text pass through. */
final class TextFiles {
  private TextFiles() {}

  /**
   * The tree with each line of a file replaced; the tree itself when the file is not there or
   * nothing changes.
   */
  static Tree rewritten(
      Tree tree, TreePath path, UnaryOperator<String> change, ContentKeeper keeper)
      throws IOException {
    if (!(tree.inode(path).orElse(null) instanceof RegularFile file)) {
      return tree;
    }
    byte[] before = file.content().readAll();
    var out = new StringBuilder();
    for (String line : new String(before, StandardCharsets.ISO_8859_1).split("(?<=\n)")) {
      boolean ended = line.endsWith("\n");
      out.append(
              line.isEmpty()
                  ? ""
                  : change.apply(ended ? line.substring(0, line.length() - 1) : line))
          .append(ended ? "\n" : "");
    }
    byte[] after = out.toString().getBytes(StandardCharsets.ISO_8859_1);
    if (Arrays.equals(before, after)) {
      return tree;
    }
    Content content =
        after.length == 0
            ? Content.EMPTY
            : keeper.keep(new ByteArrayInputStream(after), after.length);
    return tree.with(t -> t.put(path, new RegularFile(file.metadata(), content)));
  }
}
