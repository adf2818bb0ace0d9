// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.codec.Codec;
import dev.slipway.io.ByteSource;
import dev.slipway.io.Struct;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/**
 * The same images for casync: an index of chunks ({@code .caibx}) for each, and a store of chunks
 * ({@code .castr}) that all releases share.
 *
 * <pre>
 * index:  48  type  flags  smallest  average  largest      all u64, little-endian
 *         -1  type of table
 *         for each chunk: u64 where it ends, 32 bytes SHA-512/256
 *         0  0  48  size of the table  mark of its end
 * store:  first 4 digits / 64 digits .cacnk, each packed with zstd
 * </pre>
 *
 * <p>casync signs nothing: whoever serves an index vouches for it.
 */
public final class Casync {
  private static final String INDEX_SUFFIX = ".caibx";
  private static final String CHUNK_SUFFIX = ".cacnk";
  private static final int SHARD_DIGITS = 4;

  private static final int HEADER_BYTES = 48;
  private static final long INDEX_TYPE = 0x96824d9c7b129ff9L;
  private static final long TABLE_TYPE = 0xe75b9e112f17417dL;
  private static final long TABLE_END = 0x4b4f050e5549ecd1L;

  /** Digests are SHA-512/256; files not to be dumped and files marked so are left out. */
  private static final long FLAGS = 0xb000000000000000L;

  private static final int ITEM_BYTES = 40;
  private static final int TABLE_HEADER_BYTES = 16;

  private Casync() {}

  /**
   * Writes the images of a recipe: {@code <slot>.caibx} in a directory, the chunks into a store,
   * which may hold others already. Deltas are left out.
   *
   * @param store usually called {@code default.castr}, beside the indexes
   */
  public static void write(BundleRecipe recipe, Path directory, Path store, Progress progress)
      throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, BundleRecipe.Slot> entry : recipe.slots().entrySet()) {
      if (entry.getValue().whole != null) {
        write(
            new VolumeBytes(entry.getValue().whole),
            entry.getValue().whole.size(),
            directory.resolve(entry.getKey() + INDEX_SUFFIX),
            store,
            progress);
      }
    }
  }

  /**
   * Writes one image.
   *
   * @param index is replaced when all chunks are in the store
   */
  public static void write(
      ByteSource image, long sizeBytes, Path index, Path store, Progress progress)
      throws IOException {
    Files.createDirectories(store);
    Path part = index.resolveSibling(index.getFileName() + ".part");
    try (Task task = progress.start("chunking " + index.getFileName(), sizeBytes)) {
      try (InputStream in = image.open();
          OutputStream out = Files.newOutputStream(part)) {
        new Writer(store, out, task).write(in);
      }
      Files.move(part, index, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static final class Writer {
    private final Path store;
    private final OutputStream out;
    private final Task task;
    private final MessageDigest digest;
    private long end;
    private long count;

    Writer(Path store, OutputStream out, Task task) {
      this.store = store;
      this.out = out;
      this.task = task;
      try {
        this.digest = MessageDigest.getInstance("SHA-512/256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the JDK has SHA-512/256", e);
      }
    }

    void write(InputStream in) throws IOException {
      out.write(
          Struct.littleEndian(HEADER_BYTES + TABLE_HEADER_BYTES)
              .u64(0, HEADER_BYTES, "size")
              .u64(8, INDEX_TYPE, "type")
              .u64(16, FLAGS, "feature_flags")
              .u64(24, ContentChunker.MIN_BYTES, "chunk_size_min")
              .u64(32, ContentChunker.AVERAGE_BYTES, "chunk_size_avg")
              .u64(40, ContentChunker.MAX_BYTES, "chunk_size_max")
              .u64(48, -1, "size")
              .u64(56, TABLE_TYPE, "type")
              .bytes());
      ContentChunker.cut(in, this::add);
      out.write(
          Struct.littleEndian(ITEM_BYTES)
              .u64(0, 0, "zero")
              .u64(8, 0, "zero")
              .u64(16, HEADER_BYTES, "index offset")
              .u64(24, TABLE_HEADER_BYTES + ITEM_BYTES * (count + 1), "table size")
              .u64(32, TABLE_END, "marker")
              .bytes());
    }

    private void add(byte[] bytes, int length) throws IOException {
      digest.update(bytes, 0, length);
      byte[] id = digest.digest();
      end += length;
      count++;
      out.write(
          Struct.littleEndian(ITEM_BYTES).u64(0, end, "offset").bytes(8, id, "chunk").bytes());
      keep(HexFormat.of().formatHex(id), bytes, length);
      task.advance(length);
    }

    /** What is there already is the same, since its name is its digest. */
    private void keep(String id, byte[] bytes, int length) throws IOException {
      Path chunk = store.resolve(id.substring(0, SHARD_DIGITS)).resolve(id + CHUNK_SUFFIX);
      if (Files.exists(chunk)) {
        return;
      }
      Files.createDirectories(chunk.getParent());
      Path part = chunk.resolveSibling(id + ".part");
      try {
        Files.write(part, Codec.ZSTD.encode(Arrays.copyOf(bytes, length)));
        Files.move(part, chunk, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    }
  }
}
