// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.io.FormatException;
import dev.slipway.tree.TarEntries.Errors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What extended headers say about the entry that follows them; it wins over the plain header. */
final class TarExtensions {
  /** Far beyond what files carry (a file's attributes come to 64 KiB), small beside the heap. */
  static final int PAX_BYTES_MAX = 4 << 20;

  static final int NAME_BYTES_MAX = 1 << 16;

  private static final String XATTR = "SCHILY.xattr.";
  private static final Pattern TIME = Pattern.compile("(-?)([0-9]{1,18})(?:\\.([0-9]*))?");

  private final Errors errors;
  private final Map<String, byte[]> records = new LinkedHashMap<>();

  /** The numbers of {@code GNU.sparse.offset} and {@code .numbytes} records, which repeat. */
  private final List<String> sparseMap = new ArrayList<>();

  private String longName;
  private String longLink;

  TarExtensions(Errors errors) {
    this.errors = errors;
  }

  boolean any() {
    return !records.isEmpty() || longName != null || longLink != null;
  }

  void longName(byte[] raw) throws FormatException {
    longName = text(raw, "long name");
  }

  void longLink(byte[] raw) throws FormatException {
    longLink = text(raw, "long link name");
  }

  private String text(byte[] raw, String field) throws FormatException {
    int length = 0;
    while (length < raw.length && raw[length] != 0) {
      length++;
    }
    return TarHeader.utf8(raw, 0, length, field, errors);
  }

  /** Global records speak of the whole archive; nothing in them that we use may change entries. */
  void globalPax(byte[] raw) throws FormatException {
    var global = new TarExtensions(errors);
    global.pax(raw);
    for (String key : global.records.keySet()) {
      if (key.equals("path") || key.equals("size") || key.equals("linkpath")) {
        throw errors.error("a global header sets \"" + key + "\" for all entries");
      }
    }
  }

  /** Takes records of the form {@code "%d %s=%s\n"}: length of the record, key, value. */
  void pax(byte[] raw) throws FormatException {
    int at = 0;
    while (at < raw.length && raw[at] != 0) {
      int space = at;
      int length = 0;
      while (space < raw.length && raw[space] >= '0' && raw[space] <= '9' && space - at < 8) {
        length = 10 * length + raw[space++] - '0';
      }
      int end = at + length;
      if (space == at || space >= raw.length || raw[space] != ' ' || end > raw.length) {
        throw errors.error("extended header: no record length at byte " + at);
      }
      int equals = space + 1;
      while (equals < end && raw[equals] != '=') {
        equals++;
      }
      if (equals >= end - 1 || raw[end - 1] != '\n') {
        throw errors.error("extended header: the record at byte " + at + " is malformed");
      }
      String key = TarHeader.utf8(raw, space + 1, equals - space - 1, "keyword", errors);
      record(key, Arrays.copyOfRange(raw, equals + 1, end - 1));
      at = end;
    }
  }

  private void record(String key, byte[] value) {
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      sparseMap.add(new String(value, StandardCharsets.ISO_8859_1));
    } else if (value.length == 0 && !key.startsWith(XATTR)) {
      records.remove(key);
    } else {
      records.put(key, value);
    }
  }

  Optional<String> text(String key) throws FormatException {
    byte[] value = records.get(key);
    if (value == null) {
      return Optional.empty();
    }
    String text = TarHeader.utf8(value, 0, value.length, key, errors);
    if (text.indexOf('\0') >= 0) {
      throw errors.error(key + ": contains NUL");
    }
    return Optional.of(text);
  }

  Optional<Long> number(String key) throws FormatException {
    Optional<String> text = text(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(number(key, text.get()));
  }

  long number(String key, String text) throws FormatException {
    try {
      if (!text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9') {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      // falls through to the one error
    }
    throw errors.error(key + ": \"" + TarHeader.printable(text) + "\" is not a number that fits");
  }

  List<String> sparseMap() {
    return sparseMap;
  }

  String name(TarHeader header) throws FormatException {
    Optional<String> name = text("GNU.sparse.name");
    if (name.isEmpty()) {
      name = text("path");
    }
    return name.isPresent() ? name.get() : longName != null ? longName : header.name();
  }

  String link(TarHeader header) throws FormatException {
    Optional<String> link = text("linkpath");
    return link.isPresent() ? link.get() : longLink != null ? longLink : header.linkName();
  }

  Metadata metadata(TarHeader header) throws FormatException {
    Optional<String> time = text("mtime");
    Optional<Long> uid = number("uid");
    Optional<Long> gid = number("gid");
    long seconds = 0;
    int nanos = 0;
    if (time.isPresent()) {
      Matcher matcher = TIME.matcher(time.get());
      if (!matcher.matches()) {
        throw errors.error("mtime: \"" + TarHeader.printable(time.get()) + "\" is not a time");
      }
      seconds = Long.parseLong(matcher.group(2));
      String fraction = matcher.group(3) == null ? "" : matcher.group(3);
      nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
      if (!matcher.group(1).isEmpty()) {
        // -1.25 is 0.75 after -2
        seconds = nanos == 0 ? -seconds : -seconds - 1;
        nanos = nanos == 0 ? 0 : 1_000_000_000 - nanos;
      }
    } else {
      seconds = header.mtime();
    }
    return new Metadata(
        header.mode(),
        uid.isPresent() ? uid.get() : header.uid(),
        gid.isPresent() ? gid.get() : header.gid(),
        seconds,
        nanos,
        xattrs());
  }

  private Xattrs xattrs() {
    var attributes = new TreeMap<String, byte[]>();
    records.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR)) {
            attributes.put(decoded(key.substring(XATTR.length())), value);
          }
        });
    return Xattrs.of(attributes);
  }

  /**
   * GNU tar writes {@code =} and {@code %} of an attribute's name as {@code %3D} and {@code %25}.
   */
  private static String decoded(String name) {
    return name.replace("%3D", "=").replace("%25", "%");
  }
}
