// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The two names of every file: the one people gave it, and its alias of eight and three characters
 * in code page 437.
 *
 * <p>A name that is upper-case and fits eight and three needs no long entry. Every other name gets
 * one, lower-case short names too: the Windows NT flags for those are not read everywhere. All
 * names that fit eight and three when case is ignored take their aliases first, so no generated
 * alias can take one away.
 */
final class FatNames {
  static final int ALIAS_BYTES = 11;
  private static final int BASE_BYTES = 8;
  private static final int EXTENSION_BYTES = 3;
  private static final int UNITS_MAX = 255;
  private static final String ILLEGAL = "\"*/:<>?\\|";
  private static final String ILLEGAL_IN_ALIAS = ILLEGAL + "+,;=[]. ";
  private static final int TAIL_MAX = 999_999;

  /**
   * A name and its alias.
   *
   * @param alias eleven bytes as they stand in the directory
   * @param isLong whether the name needs long entries beside the alias
   */
  record Named(String name, byte[] alias, boolean isLong) {}

  /** What can be made of a name: bytes of base and extension, and whether something was lost. */
  private record Basis(byte[] base, byte[] extension, boolean exact) {}

  private FatNames() {}

  /** Says why a name cannot stand in a FAT directory; nothing when it can. */
  static Optional<String> problem(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ') {
        return Optional.of(
            String.format(Locale.ROOT, "FAT names hold no control characters (U+%04X)", (int) c));
      }
      if (ILLEGAL.indexOf(c) >= 0) {
        return Optional.of("FAT names hold no " + c);
      }
    }
    if (name.endsWith(".") || name.endsWith(" ")) {
      return Optional.of("FAT names do not end with a dot or a space: drivers strip them");
    }
    if (name.length() > UNITS_MAX) {
      return Optional.of(
          "FAT names have at most " + UNITS_MAX + " UTF-16 units, this one has " + name.length());
    }
    return Optional.empty();
  }

  /** Names are equal for FAT when this form is: case does not count. */
  static String folded(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** Gives each name of one directory its alias; the result is in the order of the names. */
  static List<Named> assign(List<String> names) {
    Set<String> taken = new HashSet<>();
    Map<String, byte[]> exact = new HashMap<>();
    for (String name : names) {
      Basis basis = basis(name);
      if (basis.exact) {
        byte[] alias = padded(basis.base, basis.extension);
        if (taken.add(key(alias))) {
          exact.put(name, alias);
        }
      }
    }
    Map<String, Integer> tails = new HashMap<>();
    var result = new ArrayList<Named>();
    for (String name : names) {
      byte[] alias = exact.get(name);
      if (alias != null) {
        result.add(new Named(name, alias, !isPlain(name, alias)));
      } else {
        result.add(new Named(name, withTail(basis(name), taken, tails), true));
      }
    }
    return result;
  }

  /** Whether the alias says all: drivers differ in the code page they read it with. */
  private static boolean isPlain(String name, byte[] alias) {
    return text(alias).equals(name) && name.chars().allMatch(c -> c < 0x80);
  }

  /**
   * Appends {@code ~1}, {@code ~2} and so on until the alias is new. Where to go on is remembered
   * for each beginning, so that 10,000 like names do not take 50 million attempts.
   */
  private static byte[] withTail(Basis basis, Set<String> taken, Map<String, Integer> tails) {
    String beginning = key(padded(basis.base, basis.extension));
    for (int n = tails.getOrDefault(beginning, 1); n <= TAIL_MAX; n++) {
      String tail = "~" + n;
      int kept = Math.min(basis.base.length, BASE_BYTES - tail.length());
      byte[] base = Arrays.copyOf(basis.base, kept + tail.length());
      for (int i = 0; i < tail.length(); i++) {
        base[kept + i] = (byte) tail.charAt(i);
      }
      byte[] alias = padded(base, basis.extension);
      if (taken.add(key(alias))) {
        tails.put(beginning, n + 1);
        return alias;
      }
    }
    throw new IllegalArgumentException("more than " + TAIL_MAX + " names that begin alike");
  }

  private static Basis basis(String name) {
    String rest = name;
    while (rest.startsWith(".") || rest.startsWith(" ")) {
      rest = rest.substring(1);
    }
    boolean exact = rest.length() == name.length();
    int dot = rest.lastIndexOf('.');
    byte[] base = mapped(dot < 0 ? rest : rest.substring(0, dot));
    byte[] extension = dot < 0 ? new byte[0] : mapped(rest.substring(dot + 1));
    exact &=
        base.length > 0
            && base.length <= BASE_BYTES
            && extension.length <= EXTENSION_BYTES
            && text(padded(base, extension)).equals(upper(name));
    return new Basis(
        Arrays.copyOf(base, Math.min(base.length, BASE_BYTES)),
        Arrays.copyOf(extension, Math.min(extension.length, EXTENSION_BYTES)),
        exact);
  }

  /** Upper case, dots and spaces left out, {@code _} for what aliases cannot hold. */
  private static byte[] mapped(String part) {
    var out = new byte[part.length()];
    int count = 0;
    for (int i = 0; i < part.length(); i++) {
      char c = Character.toUpperCase(part.charAt(i));
      if (c == '.' || c == ' ') {
        continue;
      }
      int value = Cp437.encode(c);
      boolean holds = value >= ' ' && value != 0x7f && ILLEGAL_IN_ALIAS.indexOf(c) < 0;
      out[count++] = (byte) (holds ? value : '_');
    }
    return Arrays.copyOf(out, count);
  }

  private static String upper(String name) {
    var out = new StringBuilder();
    name.chars().forEach(c -> out.append(Character.toUpperCase((char) c)));
    return out.toString();
  }

  private static byte[] padded(byte[] base, byte[] extension) {
    byte[] alias = new byte[ALIAS_BYTES];
    Arrays.fill(alias, (byte) ' ');
    System.arraycopy(base, 0, alias, 0, Math.min(base.length, BASE_BYTES));
    System.arraycopy(extension, 0, alias, BASE_BYTES, Math.min(extension.length, EXTENSION_BYTES));
    return alias;
  }

  private static String key(byte[] alias) {
    return new String(alias, StandardCharsets.ISO_8859_1);
  }

  /** The eleven bytes as people write them: {@code BOOTX64.EFI}. */
  static String text(byte[] alias) {
    return text(alias, 0);
  }

  /**
   * @param caseFlags Windows NT's: 0x08 shows the base in lower case, 0x10 the extension
   */
  static String text(byte[] alias, int caseFlags) {
    String base = decoded(alias, 0, BASE_BYTES);
    String extension = decoded(alias, BASE_BYTES, ALIAS_BYTES);
    if ((caseFlags & 0x08) != 0) {
      base = base.toLowerCase(Locale.ROOT);
    }
    if ((caseFlags & 0x10) != 0) {
      extension = extension.toLowerCase(Locale.ROOT);
    }
    return extension.isEmpty() ? base : base + "." + extension;
  }

  private static String decoded(byte[] alias, int from, int to) {
    var out = new StringBuilder();
    for (int i = from; i < to; i++) {
      int value = alias[i] & 0xff;
      out.append(Cp437.decode(i == 0 && value == 0x05 ? 0xe5 : value));
    }
    return out.toString().stripTrailing();
  }

  /** The checksum of an alias, which ties long entries to it. */
  static int checksum(byte[] alias) {
    int sum = 0;
    for (byte b : alias) {
      sum = ((sum & 1) << 7) + (sum >> 1) + (b & 0xff) & 0xff;
    }
    return sum;
  }

  static void requireLabel(String label) {
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (c < ' '
          || Cp437.encode(c) < 0
          || Character.toUpperCase(c) != c
          || (ILLEGAL + "+,;=[].").indexOf(c) >= 0) {
        throw new IllegalArgumentException(
            "the label \""
                + label
                + "\" holds a character that FAT labels do not: use upper-case letters, digits,"
                + " spaces, - and _");
      }
    }
    if (label.length() > ALIAS_BYTES || !label.strip().equals(label)) {
      throw new IllegalArgumentException(
          "a FAT label has at most "
              + ALIAS_BYTES
              + " characters and no spaces around: \""
              + label
              + "\"");
    }
  }

  static byte[] labelBytes(String label) {
    byte[] bytes = new byte[ALIAS_BYTES];
    Arrays.fill(bytes, (byte) ' ');
    for (int i = 0; i < label.length(); i++) {
      bytes[i] = (byte) Cp437.encode(label.charAt(i));
    }
    return bytes;
  }
}
