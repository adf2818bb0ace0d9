// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Commit;
import java.util.List;
import java.util.Optional;

/**
 * What is said about a tree when it is committed.
 *
 * @param subject one line
 * @param body more lines, or empty
 * @param timestampSeconds since 1970
 * @param branch the ref that will point at the commit, whose parent is what it points at now; none
 *     by default
 * @param parent the version before, when it is not what the branch says
 * @param metadata further facts, such as {@code version}, in the order given
 * @param boundRefs refs beside the branch under which clients may take the commit
 * @param binding whether the commit says its refs; a commit that does not is refused by clients
 *     that ask for collections; yes by default
 */
public record CommitInfo(
    String subject,
    String body,
    long timestampSeconds,
    Optional<String> branch,
    Optional<Parent> parent,
    VariantDict metadata,
    List<String> boundRefs,
    boolean binding) {

  /** A stated parent. */
  public record Parent(Optional<Digest> commit) {}

  public CommitInfo {
    boundRefs = List.copyOf(boundRefs);
  }

  /** A commit on no branch. */
  public static CommitInfo of(String subject, long timestampSeconds) {
    return new CommitInfo(
        subject,
        "",
        timestampSeconds,
        Optional.empty(),
        Optional.empty(),
        VariantDict.empty(),
        List.of(),
        true);
  }

  /** The same on a branch. */
  public CommitInfo onBranch(String name) {
    return new CommitInfo(
        subject, body, timestampSeconds, Optional.of(name), parent, metadata, boundRefs, binding);
  }

  /** The same with a longer text. */
  public CommitInfo withBody(String text) {
    return new CommitInfo(
        subject, text, timestampSeconds, branch, parent, metadata, boundRefs, binding);
  }

  /** The same with a stated parent, or stated to have none. */
  public CommitInfo withParent(Optional<Digest> commit) {
    return new CommitInfo(
        subject,
        body,
        timestampSeconds,
        branch,
        Optional.of(new Parent(commit)),
        metadata,
        boundRefs,
        binding);
  }

  /** The same with a further fact. */
  public CommitInfo with(String key, Variant value) {
    return new CommitInfo(
        subject,
        body,
        timestampSeconds,
        branch,
        parent,
        metadata.with(key, value),
        boundRefs,
        binding);
  }

  /** The same with a version, for people. */
  public CommitInfo withVersion(String version) {
    return with(Commit.VERSION, Variant.text(version));
  }

  /** The same bound to further refs. */
  public CommitInfo boundTo(List<String> refs) {
    return new CommitInfo(subject, body, timestampSeconds, branch, parent, metadata, refs, binding);
  }

  /** The same without a word about its refs. */
  public CommitInfo withoutBinding() {
    return new CommitInfo(
        subject, body, timestampSeconds, branch, parent, metadata, boundRefs, false);
  }

  /** The metadata with the binding behind it, where {@code ostree commit} puts it. */
  VariantDict completeMetadata() {
    if (!binding) {
      return metadata;
    }
    List<String> refs =
        java.util.stream.Stream.concat(branch.stream(), boundRefs.stream())
            .distinct()
            .sorted(dev.slipway.ostree.object.DirTree.NAME_ORDER)
            .toList();
    return metadata.with(Commit.REF_BINDING, Variant.texts(refs));
  }
}
