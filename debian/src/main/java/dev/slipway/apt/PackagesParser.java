// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a Packages file in one pass over its bytes and hands the kept fields of each stanza to a
 * {@link CompactStanzas}.
 *
 * <p>Debian's main index has 63,000 stanzas in 50 MB, of which a build looks at a few hundred. So
 * no text is decoded here: lines are told apart by their field's name, and the values that are kept
 * are copied as bytes.
 */
final class PackagesParser {
  /** The longest real line (what a package of crates provides) has some 100 KB. */
  private static final int LINE_BYTES_MAX = 1 << 22;

  private static final int BUFFER_BYTES = 1 << 18;

  private final InputStream in;
  private final String sourceName;
  private final CompactStanzas stanzas;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private long lineNumber;
  private boolean continues;

  PackagesParser(InputStream in, String sourceName, CompactStanzas stanzas) {
    this.in = in;
    this.sourceName = sourceName;
    this.stanzas = stanzas;
  }

  void parse() throws IOException {
    boolean inStanza = false;
    while (true) {
      int end = lineEnd();
      if (end < 0) {
        break;
      }
      int start = position;
      position = end + 1;
      lineNumber++;
      if (isBlank(start, end)) {
        if (inStanza) {
          finish();
        }
        inStanza = false;
      } else if (buffer[start] != '#') {
        line(start, end, inStanza);
        inStanza = true;
      }
    }
    if (inStanza) {
      finish();
    }
    stanzas.trim();
  }

  private void line(int start, int end, boolean inStanza) throws FormatException {
    byte first = buffer[start];
    if (first == ' ' || first == '\t') {
      if (!inStanza) {
        throw wrong("a line that goes on with a value, but there is no field before it");
      }
      if (continues) {
        int from = skipSpace(start, end);
        stanzas.append(buffer, from, stripEnd(from, end) - from);
        requireRoom();
      }
      return;
    }
    int colon = start;
    while (colon < end && buffer[colon] != ':') {
      colon++;
    }
    if (colon == end || colon == start) {
      String shown = new String(buffer, start, Math.min(end - start, 60), StandardCharsets.UTF_8);
      throw wrong("found \"" + shown + "\", expected a field name and a colon");
    }
    IndexField field = IndexField.named(buffer, start, colon - start);
    continues = field != null;
    if (field != null) {
      int from = skipSpace(colon + 1, end);
      if (!stanzas.add(field, buffer, from, stripEnd(from, end) - from)) {
        throw wrong("the field " + field.title + " is given twice in one stanza");
      }
      requireRoom();
    }
  }

  private void requireRoom() throws FormatException {
    if (stanzas.isTooLarge()) {
      throw wrong("the stanza is larger than " + CompactStanzas.STANZA_BYTES_MAX + " bytes");
    }
  }

  private void finish() throws FormatException {
    String problem = stanzas.finish();
    if (problem != null) {
      throw wrong("the stanza that ends here " + problem);
    }
    continues = false;
  }

  /**
   * Where the line that begins at {@code position} ends; more is read when it must be. -1 at the
   * end of everything.
   */
  private int lineEnd() throws IOException {
    int at = position;
    while (true) {
      byte[] bytes = buffer;
      int end = limit;
      while (at < end && bytes[at] != '\n') {
        at++;
      }
      if (at < end) {
        return at;
      }
      int kept = limit - position;
      if (kept > LINE_BYTES_MAX) {
        throw new FormatException(
            sourceName
                + ": line "
                + (lineNumber + 1)
                + ": longer than "
                + LINE_BYTES_MAX
                + " bytes");
      }
      if (kept > buffer.length / 2) {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
      System.arraycopy(buffer, position, buffer, 0, kept);
      position = 0;
      at = kept;
      limit = kept;
      int count = in.read(buffer, kept, buffer.length - kept);
      if (count < 0) {
        return lastLine(kept);
      }
      limit = kept + count;
    }
  }

  private int lastLine(int kept) {
    if (kept == 0) {
      return -1;
    }
    buffer[kept] = '\n'; // the buffer is never more than half full here
    limit = kept + 1;
    return kept;
  }

  private boolean isBlank(int start, int end) {
    return skipSpace(start, end) == end;
  }

  private int skipSpace(int start, int end) {
    int at = start;
    while (at < end && isSpace(buffer[at])) {
      at++;
    }
    return at;
  }

  private int stripEnd(int start, int end) {
    int at = end;
    while (at > start && isSpace(buffer[at - 1])) {
      at--;
    }
    return at;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private FormatException wrong(String what) {
    return new FormatException(sourceName + ": line " + lineNumber + ": " + what);
  }
}
