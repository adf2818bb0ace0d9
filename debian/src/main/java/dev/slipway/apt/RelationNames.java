// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

/** Finds the package names in a dependency field without decoding it. */
final class RelationNames {
  interface NameVisitor {
    void name(int start, int end);
  }

  private RelationNames() {}

  /** Shows every name in order, without what stands behind a colon or in parentheses. */
  static void forEach(byte[] bytes, int start, int end, NameVisitor visitor) {
    int at = start;
    while (at < end) {
      while (at < end && (isSpace(bytes[at]) || bytes[at] == ',' || bytes[at] == '|')) {
        at++;
      }
      int name = at;
      while (at < end
          && !isSpace(bytes[at])
          && bytes[at] != ','
          && bytes[at] != '|'
          && bytes[at] != '('
          && bytes[at] != ':'
          && bytes[at] != '['
          && bytes[at] != '<') {
        at++;
      }
      if (at > name) {
        visitor.name(name, at);
      }
      while (at < end && bytes[at] != ',' && bytes[at] != '|') {
        at++;
      }
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }
}
