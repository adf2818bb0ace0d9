// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An attribute's name as it is stored: the number of a well-known prefix and the rest in bytes.
 *
 * @param index {@code e_name_index}
 * @param rest {@code e_name}; empty where the prefix is the whole name
 */
record XattrName(int index, byte[] rest) implements Comparable<XattrName> {
  static final int ACL_ACCESS = 2;
  static final int ACL_DEFAULT = 3;

  private static final int REST_BYTES_MAX = 255;

  /** A prefix ending in a dot takes a rest; the others are names by themselves. */
  private enum Prefix {
    ACL_ACCESS_NAME(ACL_ACCESS, "system.posix_acl_access"),
    ACL_DEFAULT_NAME(ACL_DEFAULT, "system.posix_acl_default"),
    RICH_ACL(8, "system.richacl"),
    USER(1, "user."),
    TRUSTED(4, "trusted."),
    SECURITY(6, "security."),
    SYSTEM(7, "system.");

    private final int index;
    private final String text;

    Prefix(int index, String text) {
      this.index = index;
      this.text = text;
    }

    private boolean isWhole() {
      return !text.endsWith(".");
    }
  }

  static XattrName of(String name) {
    for (Prefix prefix : Prefix.values()) {
      if (prefix.isWhole() ? name.equals(prefix.text) : name.startsWith(prefix.text)) {
        byte[] rest = name.substring(prefix.text.length()).getBytes(StandardCharsets.UTF_8);
        if (rest.length > REST_BYTES_MAX || (rest.length == 0 && !prefix.isWhole())) {
          throw new IllegalArgumentException(
              "the name of an extended attribute has 1 to "
                  + REST_BYTES_MAX
                  + " bytes behind its prefix: \""
                  + name
                  + "\"");
        }
        return new XattrName(prefix.index, rest);
      }
    }
    throw new IllegalArgumentException(
        "ext4 holds extended attributes of user., trusted., security. and system. only: \""
            + name
            + "\"");
  }

  /** The whole name, or null when the prefix is unknown or the combination makes no sense. */
  static String text(int index, String rest) {
    for (Prefix prefix : Prefix.values()) {
      if (prefix.index == index && prefix.isWhole() == rest.isEmpty()) {
        return prefix.text + rest;
      }
    }
    return null;
  }

  boolean isAcl() {
    return index == ACL_ACCESS || index == ACL_DEFAULT;
  }

  /** The order in an attribute block: prefix, then length, then bytes. */
  @Override
  public int compareTo(XattrName other) {
    int byIndex = Integer.compare(index, other.index);
    int byLength = byIndex != 0 ? byIndex : Integer.compare(rest.length, other.rest.length);
    return byLength != 0 ? byLength : Arrays.compareUnsigned(rest, other.rest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof XattrName that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * index + Arrays.hashCode(rest);
  }
}
