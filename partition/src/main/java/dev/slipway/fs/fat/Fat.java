// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.util.SortedMap;

/**
 * FAT file systems: trees to volumes and back.
 *
 * <pre>{@code
 * Volume esp = Fat.of(tree,
 *     FatOptions.of(Size.mib(64), 0x0ab0ab00L).withType(FatType.FAT32).withLabel("ESP"));
 * }</pre>
 *
 * <p>FAT keeps names, contents and modification times (1980 to 2107, two seconds fine, UTC).
 * Owners, modes and extended attributes have no place in it and are left out; each name of a hard
 * link becomes a file of its own; symbolic links and devices are refused.
 */
public final class Fat {
  private Fat() {}

  /**
   * Plans a volume. Every file lies in one unbroken run: its place is among the volume's {@link
   * Volume#extents extents}.
   *
   * @throws IllegalArgumentException naming everything in the tree that FAT cannot hold, or what
   *     does not fit
   */
  public static Volume of(Tree tree, FatOptions options) {
    return new FatWriter(tree, options).volume();
  }

  /**
   * Reads a whole volume: names, times, and the place and digest of every file. The source stays
   * open as long as the contents are used.
   *
   * @param name the source's name in error messages
   * @throws FormatException when the volume is damaged, or no FAT at all
   */
  public static FatVolume read(BlockSource source, String name) throws IOException {
    return new FatReader(source, name).read();
  }

  /**
   * Gives a directory other files, in place. While that goes on and after a cut at any moment,
   * everything else in the volume is what it was; the directory is empty, then whole. It must hold
   * no directories, and its names must fit into its first sector.
   *
   * @param source the volume as it changes; nobody else writes to it
   * @param sink the same volume
   * @param name the volume's name in error messages
   * @param mtimeSeconds the time of the new files
   * @throws IOException when there is no room, or the directory is not there
   */
  public static void replace(
      BlockSource source,
      BlockSink sink,
      String name,
      String directory,
      SortedMap<String, Content> files,
      long mtimeSeconds)
      throws IOException {
    new FatRewriter(source, sink, name).replace(TreePath.of(directory), files, mtimeSeconds);
  }

  /** Whether a source begins like a FAT volume. */
  public static boolean recognises(BlockSource source) throws IOException {
    return source.size() >= BootSector.BYTES
        && BootSector.recognised(source.readFully(0, BootSector.BYTES));
  }
}
