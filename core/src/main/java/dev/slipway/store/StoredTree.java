// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.store.StoreEntry.Kind;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A tree in the store: its metadata in one blob, its contents in packs.
 *
 * <pre>
 * "slipway stored tree 1\n"
 * u32 packs, then for each:    digest 32
 * u32 contents, then for each: u32 pack, u64 offset, u64 stored bytes   (pack -1: an empty content)
 * the tree itself, see TreeBytes; its contents have the same order
 * </pre>
 *
 * @param digest the blob that holds the metadata: hand it to {@link #read}
 * @param packs the blobs that hold the contents
 */
public record StoredTree(Digest digest, Set<Digest> packs) {
  private static final byte[] MAGIC = "slipway stored tree 1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int LOCATION_BYTES = 20;
  private static final int NO_PACK = -1;

  private record Location(int pack, long offset, long storedBytes) {
    static final Location NONE = new Location(NO_PACK, 0, 0);
  }

  /** All blobs it takes to read the tree: what a result made of it refers to. */
  public Set<Digest> blobs() {
    var all = new TreeSet<>(packs);
    all.add(digest);
    return all;
  }

  /**
   * Stores a tree. Contents that lie in no pack of this store yet are packed now.
   *
   * @param label what a person would call the tree
   */
  public static StoredTree write(Store store, Tree tree, String label) throws IOException {
    List<Content> contents = TreeBytes.contents(tree);
    List<PackSlice> slices = pack(store, contents, label);
    var packIndex = new LinkedHashMap<Digest, Integer>();
    var locations = new ArrayList<Location>();
    for (PackSlice slice : slices) {
      if (slice == null) {
        locations.add(Location.NONE);
        continue;
      }
      Digest pack = slice.pack().digest().orElseThrow();
      packIndex.putIfAbsent(pack, packIndex.size());
      locations.add(new Location(packIndex.get(pack), slice.offset(), slice.storedBytes()));
    }
    try (BlobWriter out = store.newBlob(Kind.TREE, label)) {
      out.write(header(packIndex.keySet(), locations));
      out.write(TreeBytes.encode(tree));
      return new StoredTree(out.commit().digest(), Set.copyOf(packIndex.keySet()));
    }
  }

  /** For each content where it lies. */
  private static List<PackSlice> pack(Store store, List<Content> contents, String label)
      throws IOException {
    var slices = new ArrayList<PackSlice>();
    var loose = false;
    for (Content content : contents) {
      PackSlice slice = sliceOf(store, content);
      slices.add(slice);
      loose |= slice == null && content.sizeBytes() > 0;
    }
    if (loose) {
      try (PackWriter pack = store.newPack(label)) {
        for (int i = 0; i < slices.size(); i++) {
          if (slices.get(i) == null && contents.get(i).sizeBytes() > 0) {
            slices.set(i, keep(pack, contents.get(i)));
          }
        }
        pack.commit();
      }
    }
    return slices;
  }

  private static PackSlice keep(PackWriter pack, Content content) throws IOException {
    try (InputStream in = content.open()) {
      Content kept = pack.keep(in, content.sizeBytes(), content.data());
      if (!kept.equals(content)) {
        throw new IOException(
            "a file changed while it was read: found " + kept + ", expected " + content);
      }
      return (PackSlice) kept.source();
    }
  }

  /** Where a content lies in this store; null when it does not. */
  private static PackSlice sliceOf(Store store, Content content) {
    if (content.source() instanceof PackSlice slice
        && slice.pack().store() == store
        && slice.holds(content)) {
      if (slice.pack().digest().isEmpty()) {
        throw new IllegalArgumentException("commit the tree's packs before the tree is stored");
      }
      return slice;
    }
    return null;
  }

  private static byte[] header(Set<Digest> packs, List<Location> locations) {
    ByteBuffer out =
        ByteBuffer.allocate(
            MAGIC.length + 8 + packs.size() * Digest.BYTES + locations.size() * LOCATION_BYTES);
    out.put(MAGIC).putInt(packs.size());
    packs.forEach(pack -> out.put(pack.bytes()));
    out.putInt(locations.size());
    for (Location location : locations) {
      out.putInt(location.pack()).putLong(location.offset()).putLong(location.storedBytes());
    }
    return out.array();
  }

  /**
   * Reads a stored tree. Its contents can be read until the store is closed.
   *
   * @throws FormatException when a blob is missing or the metadata is damaged
   */
  public static Tree read(Store store, Digest digest) throws IOException {
    String source = "stored tree " + digest;
    Blob blob = store.find(digest).orElseThrow(() -> new FormatException(source + ": not here"));
    byte[] bytes = Files.readAllBytes(blob.path());
    if (!Digest.of(bytes).equals(digest)) {
      throw new FormatException(source + ": digest: found " + Digest.of(bytes));
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < MAGIC.length || !in.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw new FormatException(source + ": not a stored tree of a version known here");
    }
    in.position(MAGIC.length);
    try {
      List<Blob> packs = packs(store, in, source);
      int count = in.getInt();
      int start = in.position();
      in.position(Math.addExact(start, Math.multiplyExact(count, LOCATION_BYTES)));
      byte[] tree = new byte[in.remaining()];
      in.get(tree);
      return TreeBytes.decode(
          tree,
          source,
          (index, size, contentDigest, data) -> {
            if (index >= count) {
              throw new FormatException(source + ": content " + index + " has no place");
            }
            return source(store, packs, in, start + index * LOCATION_BYTES, size, data);
          });
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      throw new FormatException(source + ": malformed", e);
    }
  }

  private static List<Blob> packs(Store store, ByteBuffer in, String source) throws IOException {
    int count = in.getInt();
    var packs = new ArrayList<Blob>();
    for (int i = 0; i < count; i++) {
      byte[] raw = new byte[Digest.BYTES];
      in.get(raw);
      Digest pack = Digest.fromBytes(raw);
      packs.add(
          store
              .find(pack)
              .orElseThrow(() -> new FormatException(source + ": pack " + pack + " is not here")));
    }
    return packs;
  }

  private static ByteSource source(
      Store store, List<Blob> packs, ByteBuffer in, int at, long size, List<Range> data)
      throws FormatException {
    int pack = in.getInt(at);
    long offset = in.getLong(at + 4);
    long stored = in.getLong(at + 12);
    if (pack == NO_PACK && size == 0) {
      return Content.EMPTY;
    }
    Blob blob = packs.get(java.util.Objects.checkIndex(pack, packs.size()));
    if (offset < 0 || stored < 0 || stored > blob.size() - offset) {
      throw new FormatException(
          "pack " + blob.digest() + ": no " + stored + " bytes at byte " + offset);
    }
    return PackSlice.of(store.pack(blob), offset, stored, size, data);
  }
}
