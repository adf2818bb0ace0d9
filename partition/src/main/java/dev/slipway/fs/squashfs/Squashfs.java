// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.StructReader;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The squashfs file system: compressed and only read.
 *
 * <pre>{@code
 * SquashfsOptions options = SquashfsOptions.of(SquashfsCompression.ZSTD, buildTime);
 * Volume root = Squashfs.pack(tree, options, work.resolve("root.squashfs"), 2, progress);
 * }</pre>
 */
public final class Squashfs {
  /** Image sizes are rounded up to this, so that any block device can hold them. */
  public static final int PADDING_BYTES = 4096;

  private Squashfs() {}

  /**
   * Packs a tree into a file. Other file systems are laid out without reading a file; how large
   * this one becomes is only known when everything has been compressed, so it is compressed at
   * once, and what is left is a volume over the finished file.
   *
   * <p>The bytes are a function of the tree and the options. Times are cut to whole seconds.
   *
   * @param file does not exist yet; stays as long as the volume is used, and is then the caller's
   *     to remove. Nothing is left of it when packing fails
   * @param threads how many compress side by side; any number gives the same bytes
   * @throws IllegalArgumentException when squashfs cannot hold the tree: a path and the limit are
   *     named
   */
  public static Volume pack(
      Tree tree, SquashfsOptions options, Path file, int threads, Progress progress)
      throws IOException {
    BlockSink sink = BlockSink.createFile(file, 0);
    try (sink) {
      write(tree, options, sink, threads, progress);
    } catch (IOException | RuntimeException e) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
    return SquashfsVolume.of(file);
  }

  /**
   * As {@link #pack}, into a sink that has room enough. It is written forwards, but for the first
   * 96 bytes, which come last.
   *
   * @return how many bytes were written: a multiple of 4096
   */
  public static long write(
      Tree tree, SquashfsOptions options, BlockSink sink, int threads, Progress progress)
      throws IOException {
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread has to work: " + threads);
    }
    return new SquashfsWriter(tree, options, sink).write(threads, progress);
  }

  /** Whether a source starts with squashfs's magic number. */
  public static boolean isOn(BlockSource source) throws IOException {
    return source.size() >= Superblock.BYTES
        && StructReader.littleEndian("", 0, source.readFully(0, 4)).u32(0, "s_magic")
            == Superblock.MAGIC;
  }

  /**
   * Reads a squashfs 4.0, whoever made it, into a tree.
   *
   * @param name what the source is called in error messages
   * @throws dev.slipway.io.FormatException when anything in it is broken
   */
  public static Tree read(BlockSource source, String name) throws IOException {
    return open(source, name).tree();
  }

  /** As {@link #read}, with what the file system says about itself and where its files lie. */
  public static SquashfsImage open(BlockSource source, String name) throws IOException {
    return SquashfsReader.read(source, name);
  }
}
