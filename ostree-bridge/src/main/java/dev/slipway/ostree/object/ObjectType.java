// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import java.util.Optional;

/** The kinds of objects, with the numbers they have in static deltas. */
public enum ObjectType {
  FILE(1, "file"),
  DIR_TREE(2, "dirtree"),
  DIR_META(3, "dirmeta"),
  COMMIT(4, "commit"),
  /** Says that a commit was deleted on purpose. */
  COMMIT_TOMBSTONE(5, "commit-tombstone"),
  /** What is known about a commit beside it, signatures above all; not named by its own digest. */
  COMMIT_META(6, "commitmeta"),
  PAYLOAD_LINK(7, "payload-link"),
  FILE_XATTRS(8, "file-xattrs"),
  FILE_XATTRS_LINK(9, "file-xattrs-link");

  /** Metadata objects larger than this are refused, as ostree does. */
  public static final int METADATA_BYTES_MAX = 128 << 20;

  private final int code;
  private final String extension;

  ObjectType(int code, String extension) {
    this.code = code;
    this.extension = extension;
  }

  /** Its number in static deltas. */
  public int code() {
    return code;
  }

  /** The end of its file's name, in all repositories but archives. */
  public String extension() {
    return extension;
  }

  /** The type with a number. */
  public static Optional<ObjectType> ofCode(int code) {
    return code >= 1 && code <= values().length
        ? Optional.of(values()[code - 1])
        : Optional.empty();
  }

  /** The type with an extension; {@code filez} is a file. */
  public static Optional<ObjectType> ofExtension(String extension) {
    if (extension.equals(ObjectName.ARCHIVED_EXTENSION)) {
      return Optional.of(FILE);
    }
    for (ObjectType type : values()) {
      if (type.extension.equals(extension)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** Whether such an object is a variant whose digest is its name. */
  public boolean isMetadata() {
    return this == DIR_TREE || this == DIR_META || this == COMMIT;
  }
}
