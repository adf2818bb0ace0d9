// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import dev.slipway.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads stanzas one after the other, however many there are. Lines that begin with {@code #} are
 * comments.
 *
 * <p>Bytes that are not UTF-8 become U+FFFD: some old descriptions are in other encodings, and no
 * field that matters is.
 */
public final class StanzaReader {
  /** No real line comes near; a source that goes on without a line end must not fill the memory. */
  private static final int LINE_BYTES_MAX = 1 << 22;

  private static final int STANZA_CHARACTERS_MAX = 1 << 24;

  private final InputStream in;
  private final String sourceName;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private long lineNumber;

  /** Reads from a stream, which the caller closes. */
  public StanzaReader(InputStream in, String sourceName) {
    this.in = in;
    this.sourceName = sourceName;
  }

  /** The next stanza, or null at the end. */
  public Stanza next() throws IOException {
    var fields = new Stanza.Collector();
    String name = null;
    var value = new StringBuilder();
    int total = 0;
    for (String line = line(); line != null; line = line()) {
      total += line.length();
      if (total > STANZA_CHARACTERS_MAX) {
        throw wrong("the stanza is larger than " + STANZA_CHARACTERS_MAX + " characters");
      }
      if (line.startsWith("#")) {
        continue;
      }
      if (line.isBlank()) {
        if (name == null) {
          continue;
        }
        break;
      }
      char first = line.charAt(0);
      if (first == ' ' || first == '\t') {
        if (name == null) {
          throw wrong("a line that goes on with a value, but there is no field before it");
        }
        value.append('\n').append(stripEnd(line));
        continue;
      }
      add(fields, name, value);
      int colon = line.indexOf(':');
      if (colon < 0 || !isName(line.substring(0, colon))) {
        throw wrong(
            "found \""
                + (line.length() <= 60 ? line : line.substring(0, 57) + "...")
                + "\", expected a field name and a colon");
      }
      name = line.substring(0, colon);
      value.setLength(0);
      value.append(line.substring(colon + 1).strip());
    }
    add(fields, name, value);
    return fields.isEmpty() ? null : fields.build();
  }

  private void add(Stanza.Collector fields, String name, StringBuilder value)
      throws FormatException {
    if (name != null && !fields.add(name, value.toString())) {
      throw wrong("the field " + name + " is given twice in one stanza");
    }
  }

  static boolean isName(String name) {
    if (name.isEmpty() || name.charAt(0) == '#' || name.charAt(0) == '-') {
      return false;
    }
    return name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':');
  }

  private static String stripEnd(String line) {
    int end = line.length();
    while (end > 1
        && (line.charAt(end - 1) == ' '
            || line.charAt(end - 1) == '\t'
            || line.charAt(end - 1) == '\r')) {
      end--;
    }
    return line.substring(0, end);
  }

  private String line() throws IOException {
    ByteArrayOutputStream pending = null;
    while (true) {
      if (position == limit) {
        limit = in.read(buffer);
        position = 0;
        if (limit < 0) {
          limit = 0;
          lineNumber++;
          return pending == null ? null : pending.toString(StandardCharsets.UTF_8);
        }
      }
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      int start = position;
      boolean complete = end < limit;
      position = complete ? end + 1 : end;
      if (complete && pending == null) {
        lineNumber++;
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
      }
      pending = pending == null ? new ByteArrayOutputStream() : pending;
      pending.write(buffer, start, end - start);
      if (pending.size() > LINE_BYTES_MAX) {
        throw new FormatException(
            sourceName
                + ": line "
                + (lineNumber + 1)
                + ": longer than "
                + LINE_BYTES_MAX
                + " bytes");
      }
      if (complete) {
        lineNumber++;
        return pending.toString(StandardCharsets.UTF_8);
      }
    }
  }

  private FormatException wrong(String what) {
    return new FormatException(sourceName + ": line " + lineNumber + ": " + what);
  }
}
