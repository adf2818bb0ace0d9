// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Special;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Writes a {@link Tree} as a tar archive: ustar headers, and PAX records only for what those cannot
 * hold. The same tree gives the same bytes everywhere.
 *
 * <p>Names start with {@code ./}, the root is {@code ./}, entries come in path order, owners are
 * numbers. Files with holes are written in GNU's sparse format 1.0. See {@code
 * docs/formats/tar.md}.
 */
public final class TarWriter {
  private final Tree tree;
  private final boolean impliedDirectories;

  private TarWriter(Tree tree, boolean impliedDirectories) {
    this.tree = tree;
    this.impliedDirectories = impliedDirectories;
  }

  /**
   * A writer of a whole tree.
   *
   * @throws IllegalArgumentException when the tree holds a socket, for which tar has no type
   */
  public static TarWriter of(Tree tree) {
    tree.entries().forEach(TarWriter::requireNoSocket);
    return new TarWriter(tree, true);
  }

  /**
   * Writes a whole archive and flushes the stream, which stays open.
   *
   * @throws IllegalArgumentException when the tree holds a socket
   */
  public static void write(Tree tree, OutputStream out) throws IOException {
    of(tree).writeTo(out);
  }

  /**
   * The same without entries for directories that nobody put into the tree: for an archive that is
   * unpacked over a tree which has them.
   */
  public TarWriter withoutImpliedDirectories() {
    return new TarWriter(tree, false);
  }

  /** Writes a whole archive and flushes the stream, which stays open. */
  public void writeTo(OutputStream out) throws IOException {
    write(new TarOutput(out, true));
    out.flush();
  }

  /** How many bytes {@link #writeTo} would write, found without reading any file. */
  public long sizeBytes() {
    var measure = new TarOutput(OutputStream.nullOutputStream(), false);
    try {
      write(measure);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return measure.position();
  }

  private void write(TarOutput out) throws IOException {
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      boolean implied = entry.getValue() instanceof Directory directory && directory.implied();
      if (impliedDirectories || !implied) {
        out.write(entry.getKey(), entry.getValue());
      }
    }
    out.writeEnd();
  }

  private static void requireNoSocket(TreePath path, Node node) {
    if (node instanceof Special special && special.kind() == Special.Kind.SOCKET) {
      throw new IllegalArgumentException(
          path + " is a socket, which tar cannot hold; remove it from the tree first");
    }
  }
}
