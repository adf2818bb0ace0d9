// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.gvariant.VariantType;
import dev.slipway.ostree.object.Checksums;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirTree;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a repository offers, in one file that can be signed: {@code (a(s(taya{sv}))a{sv})}, refs in
 * the order of their names and facts about the repository.
 *
 * @param refs in the order of their names
 * @param metadata static deltas, the mode, when it was written
 */
public record Summary(List<Ref> refs, VariantDict metadata) {
  /** The file's name in a repository; its signatures are beside it in {@code summary.sig}. */
  public static final String FILE = "summary";

  static final String SIGNATURE_FILE = "summary.sig";

  /** The key of the deltas a summary lists. */
  public static final String STATIC_DELTAS = "ostree.static-deltas";

  /** Says that deltas are to be looked up in an index for each commit. */
  public static final String INDEXED_DELTAS = "ostree.summary.indexed-deltas";

  static final int BYTES_MAX = 10 << 20;

  private static final VariantType TYPE = VariantType.of("(a(s(taya{sv}))a{sv})");
  private static final String TIMESTAMP = "ostree.commit.timestamp";
  private static final String VERSION = "ostree.commit.version";

  /**
   * One ref.
   *
   * @param commitBytes the size of the commit's object
   * @param metadata time and version of the commit
   */
  public record Ref(String name, long commitBytes, Digest commit, VariantDict metadata) {
    /** When the commit was made, if the summary says so. */
    public Optional<Instant> timestamp() {
      return metadata
          .find(TIMESTAMP, "t")
          .map(t -> Instant.ofEpochSecond(Long.reverseBytes(t.asLong())));
    }

    /** The commit's version, if the summary says so. */
    public Optional<String> version() {
      return metadata.text(VERSION);
    }
  }

  public Summary {
    refs = List.copyOf(refs);
  }

  /**
   * What a repository offers now.
   *
   * @param at when it is said to be written; usually now
   */
  public static Summary of(OstreeRepository repository, Instant at) throws IOException {
    var sorted = new TreeMap<String, Digest>(DirTree.NAME_ORDER);
    sorted.putAll(repository.refs().heads());
    var refs = new ArrayList<Ref>();
    for (Map.Entry<String, Digest> ref : sorted.entrySet()) {
      Commit commit = repository.commit(ref.getValue());
      VariantDict about = VariantDict.empty();
      if (commit.version().isPresent()) {
        about = about.with(VERSION, Variant.text(commit.version().get()));
      }
      about = about.with(TIMESTAMP, Variant.u64(Long.reverseBytes(commit.timestampSeconds())));
      refs.add(new Ref(ref.getKey(), commit.toBytes().length, ref.getValue(), about));
    }
    KeyFile config = repository.config();
    VariantDict metadata =
        VariantDict.empty()
            .with("ostree.summary.mode", Variant.text(repository.mode().configName()))
            .with(
                "ostree.summary.last-modified", Variant.u64(Long.reverseBytes(at.getEpochSecond())))
            .with(
                "ostree.summary.tombstone-commits",
                Variant.bool(config.getBoolean("core", "tombstone-commits", false)));
    List<DeltaName> deltas = StoredDeltas.list(repository);
    if (!config.getBoolean("core", "no-deltas-in-summary", false)) {
      metadata =
          metadata.with(STATIC_DELTAS, StoredDeltas.superblocks(repository, deltas).toVariant());
    }
    metadata = metadata.with(INDEXED_DELTAS, Variant.bool(true));
    Optional<String> collection = config.get("core", "collection-id");
    if (collection.isPresent()) {
      metadata = metadata.with("ostree.summary.collection-id", Variant.text(collection.get()));
    }
    return new Summary(refs, metadata);
  }

  /** Reads a summary. */
  public static Summary read(byte[] bytes, String source) throws FormatException {
    Variant variant = Variant.read(TYPE, bytes, source);
    var refs = new ArrayList<Ref>();
    for (Variant each : variant.child(0)) {
      String name = each.child(0).asText();
      Variant about = each.child(1);
      try {
        Refs.requireName(name);
      } catch (FormatException e) {
        throw new FormatException(source + ": " + e.getMessage(), e);
      }
      refs.add(
          new Ref(
              name,
              about.child(0).asLong(),
              Checksums.read(about.child(1), source),
              VariantDict.of(about.child(2))));
    }
    return new Summary(refs, VariantDict.of(variant.child(1)));
  }

  /** The file's bytes. */
  public byte[] toBytes() {
    return Variant.tuple(
            Variant.array(
                "(s(taya{sv}))",
                refs.stream()
                    .map(
                        ref ->
                            Variant.tuple(
                                Variant.text(ref.name()),
                                Variant.tuple(
                                    Variant.u64(ref.commitBytes()),
                                    Checksums.of(ref.commit()),
                                    ref.metadata().toVariant())))
                    .toList()),
            metadata.toVariant())
        .toBytes();
  }

  /**
   * What the superblock of a delta is, if the summary lists the repository's deltas.
   *
   * @return nothing if the summary lists none at all; within, nothing if it does not list this one
   */
  Optional<Optional<Digest>> superblock(DeltaName delta) throws FormatException {
    Optional<Variant> deltas = metadata.find(STATIC_DELTAS, "a{sv}");
    if (deltas.isEmpty()) {
      return Optional.empty();
    }
    Optional<Variant> digest = VariantDict.of(deltas.get()).find(delta.toString(), "ay");
    return Optional.of(
        digest.isEmpty()
            ? Optional.empty()
            : Optional.of(Checksums.read(digest.get(), FILE + ": static delta " + delta)));
  }

  /** The ref of a name. */
  public Optional<Ref> find(String name) {
    return refs.stream().filter(ref -> ref.name().equals(name)).findFirst();
  }
}
