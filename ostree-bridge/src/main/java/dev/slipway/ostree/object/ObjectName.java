// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.digest.Digest;
import java.util.Comparator;
import java.util.Objects;

/** What an object is called: its checksum and its type. */
public record ObjectName(Digest checksum, ObjectType type) implements Comparable<ObjectName> {
  static final String ARCHIVED_EXTENSION = "filez";

  private static final Comparator<ObjectName> ORDER =
      Comparator.comparing(ObjectName::checksum).thenComparing(ObjectName::type);

  public ObjectName {
    Objects.requireNonNull(checksum, "checksum");
    Objects.requireNonNull(type, "type");
  }

  public static ObjectName file(Digest checksum) {
    return new ObjectName(checksum, ObjectType.FILE);
  }

  public static ObjectName dirTree(Digest checksum) {
    return new ObjectName(checksum, ObjectType.DIR_TREE);
  }

  public static ObjectName dirMeta(Digest checksum) {
    return new ObjectName(checksum, ObjectType.DIR_META);
  }

  public static ObjectName commit(Digest checksum) {
    return new ObjectName(checksum, ObjectType.COMMIT);
  }

  /** The detached metadata of a commit. */
  public static ObjectName commitMeta(Digest commit) {
    return new ObjectName(commit, ObjectType.COMMIT_META);
  }

  /**
   * Where it lies below {@code objects/}: {@code 6e/340b...1d.dirtree}.
   *
   * @param archived whether the repository is an archive, where files are compressed
   */
  public String path(boolean archived) {
    String hex = checksum.hex();
    String extension = archived && type == ObjectType.FILE ? ARCHIVED_EXTENSION : type.extension();
    return hex.substring(0, 2) + "/" + hex.substring(2) + "." + extension;
  }

  @Override
  public int compareTo(ObjectName other) {
    return ORDER.compare(this, other);
  }

  /** As ostree writes it: {@code 6e340b...1d.dirtree}. */
  @Override
  public String toString() {
    return checksum.hex() + "." + type.extension();
  }
}
