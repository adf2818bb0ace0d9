// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A path inside a {@link Tree}: components between single slashes, from the root, without {@code .}
 * or {@code ..}; the root itself is empty.
 *
 * <p>Paths are ordered component by component by the unsigned bytes of their UTF-8 form, so a
 * directory comes directly before what it holds, and the order is the one that C's {@code strcmp}
 * gives for names.
 */
public final class TreePath implements Comparable<TreePath> {
  /** The root directory. */
  public static final TreePath ROOT = new TreePath("");

  /** The longest name Linux file systems hold, in UTF-8 bytes. */
  public static final int NAME_BYTES_MAX = 255;

  private final String text;

  private TreePath(String text) {
    this.text = text;
  }

  /**
   * Reads a path as people and archives write it: {@code /etc/passwd}, {@code ./etc/passwd} and
   * {@code etc/passwd/} are the same.
   *
   * @throws IllegalArgumentException for {@code ..}, NUL, names over 255 bytes, and text that is
   *     not valid Unicode
   */
  public static TreePath of(String path) {
    if (isCanonical(path)) {
      return path.isEmpty() ? ROOT : new TreePath(path);
    }
    var clean = new StringBuilder(path.length());
    for (String name : path.split("/")) {
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      requireName(name, path);
      if (clean.length() > 0) {
        clean.append('/');
      }
      clean.append(name);
    }
    return clean.length() == 0 ? ROOT : new TreePath(clean.toString());
  }

  /** Plain ASCII without empty or dotted components: the common case, decided in one pass. */
  private static boolean isCanonical(String path) {
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      char c = i == path.length() ? '/' : path.charAt(i);
      if (c == '/') {
        int length = i - start;
        if (length > NAME_BYTES_MAX
            || (length == 0 && !path.isEmpty())
            || (length > 0 && path.charAt(start) == '.' && length <= 2)) {
          return false;
        }
        start = i + 1;
      } else if (c == 0 || c > 0x7e) {
        return false;
      }
    }
    return true;
  }

  private static void requireName(String name, String path) {
    if (name.equals("..")) {
      throw new IllegalArgumentException("a path must not contain \"..\": \"" + path + "\"");
    }
    if (name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a path must not contain NUL: \"" + path.replace("\0", "\\0") + "\"");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name) || name.indexOf('\uFFFD') >= 0) {
      throw new IllegalArgumentException("a path must be valid UTF-8: \"" + path + "\"");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > NAME_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a name holds at most "
              + NAME_BYTES_MAX
              + " bytes, this one has "
              + bytes
              + ": \""
              + path
              + "\"");
    }
  }

  /** The path of an entry of this directory. */
  public TreePath child(String name) {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.equals(".")) {
      throw new IllegalArgumentException("not a name: \"" + name + "\"");
    }
    requireName(name, name);
    return new TreePath(isRoot() ? name : text + "/" + name);
  }

  /** This path followed by a relative one. */
  public TreePath resolve(String relative) {
    return isRoot() ? of(relative) : of(text + "/" + relative);
  }

  public boolean isRoot() {
    return text.isEmpty();
  }

  /** The directory that holds this entry; nothing for the root. */
  public Optional<TreePath> parent() {
    if (isRoot()) {
      return Optional.empty();
    }
    int slash = text.lastIndexOf('/');
    return Optional.of(slash < 0 ? ROOT : new TreePath(text.substring(0, slash)));
  }

  /** The last component; empty for the root. */
  public String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /** The components from the root on. */
  public List<String> names() {
    return isRoot() ? List.of() : List.of(text.split("/"));
  }

  /** Whether this is the given directory or lies somewhere below it. */
  public boolean startsWith(TreePath directory) {
    return directory.isRoot()
        || (text.startsWith(directory.text)
            && (text.length() == directory.text.length()
                || text.charAt(directory.text.length()) == '/'));
  }

  /** This path with its leading {@code from} replaced by {@code to}. */
  public TreePath rebase(TreePath from, TreePath to) {
    if (!startsWith(from)) {
      throw new IllegalArgumentException(this + " is not below " + from);
    }
    String rest =
        from.isRoot() ? text : text.substring(Math.min(text.length(), from.text.length() + 1));
    return rest.isEmpty()
        ? to
        : to.isRoot() ? new TreePath(rest) : new TreePath(to.text + "/" + rest);
  }

  /** All directories above this entry, from the root down. */
  public List<TreePath> ancestors() {
    var above = new ArrayList<TreePath>();
    if (!isRoot()) {
      above.add(ROOT);
      for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
        above.add(new TreePath(text.substring(0, slash)));
      }
    }
    return above;
  }

  /** Without a leading slash: {@code etc/passwd}. */
  public String relative() {
    return text;
  }

  /** With a leading slash: {@code /etc/passwd}. */
  @Override
  public String toString() {
    return "/" + text;
  }

  @Override
  public int compareTo(TreePath other) {
    String a = text;
    String b = other.text;
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Integer.compare(rank(x), rank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /**
   * UTF-8 sorts by code point, UTF-16 does not: surrogates stand for code points above all others.
   * A slash ends a name, so it comes first.
   */
  private static int rank(char c) {
    return c == '/' ? -1 : Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreePath that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
