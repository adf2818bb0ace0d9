// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.nio.charset.StandardCharsets;

/**
 * The fields of a Packages index that are kept; the rest (descriptions, tags, maintainers) is two
 * fifths of the bytes and decides nothing.
 */
enum IndexField {
  PACKAGE("Package"),
  VERSION("Version"),
  ARCHITECTURE("Architecture"),
  MULTI_ARCH("Multi-Arch"),
  ESSENTIAL("Essential"),
  PROTECTED("Protected"),
  IMPORTANT("Important"),
  PRIORITY("Priority"),
  SECTION("Section"),
  SOURCE("Source"),
  FILENAME("Filename"),
  SIZE("Size"),
  INSTALLED_SIZE("Installed-Size"),
  SHA256("SHA256"),
  // From here on in the order in which apt takes in the fields that name packages: see
  // FirstMention.
  PRE_DEPENDS("Pre-Depends"),
  DEPENDS("Depends"),
  CONFLICTS("Conflicts"),
  BREAKS("Breaks"),
  RECOMMENDS("Recommends"),
  SUGGESTS("Suggests"),
  REPLACES("Replaces"),
  ENHANCES("Enhances"),
  PROVIDES("Provides");

  private static final IndexField[] VALUES = values();
  private static final int LENGTH_MAX = 15;
  private static final IndexField[][] BY_LENGTH = new IndexField[LENGTH_MAX + 1][];

  static {
    for (int length = 0; length <= LENGTH_MAX; length++) {
      int wanted = length;
      BY_LENGTH[length] =
          java.util.Arrays.stream(VALUES)
              .filter(field -> field.title.length() == wanted)
              .toArray(IndexField[]::new);
    }
  }

  final String title;
  private final byte[] lowerCase;

  IndexField(String title) {
    this.title = title;
    this.lowerCase = title.toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
  }

  static IndexField of(int code) {
    return VALUES[code];
  }

  static int count() {
    return VALUES.length;
  }

  /** The field whose name stands in the bytes, in any case; null when it is none of these. */
  static IndexField named(byte[] bytes, int start, int length) {
    if (length > LENGTH_MAX) {
      return null;
    }
    for (IndexField field : BY_LENGTH[length]) {
      if (field.isNamed(bytes, start)) {
        return field;
      }
    }
    return null;
  }

  private boolean isNamed(byte[] bytes, int start) {
    for (int i = 0; i < lowerCase.length; i++) {
      int b = bytes[start + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }
}
