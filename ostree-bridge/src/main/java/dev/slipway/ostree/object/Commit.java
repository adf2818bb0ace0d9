// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.gvariant.VariantType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A version of a tree: {@code (a{sv}aya(say)sstayay)}.
 *
 * @param metadata what the committer says about it, in the order given
 * @param parent the version before
 * @param related other objects; empty in all commits of today
 * @param subject one line
 * @param body more lines, or empty
 * @param timestampSeconds since 1970
 * @param tree the root directory's content
 * @param meta the root directory's metadata
 */
public record Commit(
    VariantDict metadata,
    Optional<Digest> parent,
    List<Related> related,
    String subject,
    String body,
    long timestampSeconds,
    Digest tree,
    Digest meta) {
  /** The refs a commit is made for; a client refuses it under any other. */
  public static final String REF_BINDING = "ostree.ref-binding";

  /** The key of the version, for people. */
  public static final String VERSION = "version";

  /** The type of this object. */
  public static final VariantType TYPE = VariantType.of("(a{sv}aya(say)sstayay)");

  /** An object a commit names beside its tree. */
  public record Related(String name, Digest checksum) {}

  public Commit {
    related = List.copyOf(related);
  }

  /** Reads an object. */
  public static Commit read(byte[] bytes, String source) throws FormatException {
    return of(Variant.read(TYPE, bytes, source), source);
  }

  /** The commit that a variant holds, as in a static delta. */
  public static Commit of(Variant variant, String source) throws FormatException {
    Variant parent = variant.child(1);
    var related = new ArrayList<Related>();
    for (Variant each : variant.child(2)) {
      related.add(new Related(each.child(0).asText(), Checksums.read(each.child(1), source)));
    }
    return new Commit(
        VariantDict.of(variant.child(0)),
        parent.size() == 0 ? Optional.empty() : Optional.of(Checksums.read(parent, source)),
        related,
        variant.child(3).asText(),
        variant.child(4).asText(),
        Modes.u64(variant.child(5)),
        Checksums.read(variant.child(6), source),
        Checksums.read(variant.child(7), source));
  }

  /** The object as a variant. */
  public Variant toVariant() {
    return Variant.tuple(
        metadata.toVariant(),
        parent.map(Checksums::of).orElseGet(Variant::bytes),
        Variant.array(
            "(say)",
            related.stream()
                .map(r -> Variant.tuple(Variant.text(r.name()), Checksums.of(r.checksum())))
                .toList()),
        Variant.text(subject),
        Variant.text(body),
        Modes.u64(timestampSeconds),
        Checksums.of(tree),
        Checksums.of(meta));
  }

  /** The object. */
  public byte[] toBytes() {
    return toVariant().toBytes();
  }

  /** The object's name. */
  public Digest checksum() {
    return Digest.of(toBytes());
  }

  /** The refs it is made for; empty when it says nothing about them. */
  public List<String> refBindings() {
    return metadata
        .find(REF_BINDING, "as")
        .map(refs -> refs.stream().map(Variant::asText).toList())
        .orElse(List.of());
  }

  /** The version, for people. */
  public Optional<String> version() {
    return metadata.text(VERSION);
  }
}
