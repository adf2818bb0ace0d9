// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A text with its signature below it, the cleartext framework of RFC 9580, 7.
 *
 * <pre>
 * -----BEGIN PGP SIGNED MESSAGE-----
 * Hash: SHA512
 *                                       an empty line
 * the text; a line that begins with a dash is written "- -..."
 * -----BEGIN PGP SIGNATURE-----
 * ...
 * -----END PGP SIGNATURE-----
 * </pre>
 *
 * Nothing may stand before or behind, and no header but {@code Hash}: what such lines say would be
 * read by some and is signed by nobody.
 */
final class CleartextMessage {
  private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";

  private final List<String> lines;
  private final byte[] signatures;

  private CleartextMessage(List<String> lines, byte[] signatures) {
    this.lines = lines;
    this.signatures = signatures;
  }

  /** Takes a document apart. Bytes stand for themselves: text is handled as ISO 8859-1. */
  static CleartextMessage parse(byte[] document, String source) throws FormatException {
    List<String> all = lines(document);
    if (!all.get(0).stripTrailing().equals(BEGIN)) {
      throw new FormatException(
          source + ": line 1: expected " + BEGIN + "; it is not a signed text");
    }
    int at = 1;
    for (; at < all.size() && !all.get(at).isBlank(); at++) {
      if (!all.get(at).startsWith("Hash: ")) {
        throw new FormatException(
            source + ": line " + (at + 1) + ": only the header \"Hash\" may stand above a text");
      }
    }
    int first = at + 1;
    int end = first;
    String signatureLine = Armor.beginLine(Armor.SIGNATURE);
    while (end < all.size() && !all.get(end).stripTrailing().equals(signatureLine)) {
      end++;
    }
    if (end >= all.size()) {
      throw new FormatException(source + ": ends before " + signatureLine);
    }
    String[] text = new String[end - first];
    for (int i = 0; i < text.length; i++) {
      text[i] = unescaped(all.get(first + i), source, first + i + 1);
    }
    return new CleartextMessage(List.of(text), Armor.read(source, all, end, Armor.SIGNATURE));
  }

  /** Splits at line feeds; the end of the input ends the last line too. */
  static List<String> lines(byte[] document) {
    String whole = new String(document, StandardCharsets.ISO_8859_1);
    return Arrays.asList(whole.split("\n", -1));
  }

  private static String unescaped(String line, String source, int number) throws FormatException {
    String stripped = withoutTrailingBlanks(line);
    if (!stripped.startsWith("-")) {
      return stripped;
    }
    // "- " is stripped with the blanks when nothing follows it
    if (stripped.equals("-") && line.startsWith("- ")) {
      return "";
    }
    if (!stripped.startsWith("- ")) {
      throw new FormatException(
          source + ": line " + number + ": a line that begins with a dash must be escaped");
    }
    return stripped.substring(2);
  }

  /** Blanks, tabs and the carriage return before a line feed are not signed. */
  private static String withoutTrailingBlanks(String line) {
    int end = line.length();
    while (end > 0 && " \t\r".indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(0, end);
  }

  /** The text for its reader, every line ended by a line feed. */
  byte[] text() {
    var text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The text as it is signed: lines joined by CR and LF, none behind the last. */
  byte[] signedBytes() {
    return String.join("\r\n", lines).getBytes(StandardCharsets.ISO_8859_1);
  }

  byte[] signatures() {
    return signatures;
  }
}
