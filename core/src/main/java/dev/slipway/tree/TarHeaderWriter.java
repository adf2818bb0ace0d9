// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers of one entry: a ustar header, with a PAX header before it when a value needs one.
 * Records come in a fixed order, and the PAX header itself has no owner, time or number that could
 * vary.
 */
final class TarHeaderWriter {
  private static final int BLOCK = TarInput.BLOCK_BYTES;
  private static final int NAME_BYTES = 100;
  private static final int PREFIX_BYTES = 155;
  private static final long OCTAL_7_MAX = 0x1f_ffffL;
  private static final long OCTAL_11_MAX = 0x1_ffff_ffffL;

  private final String name;
  private final char type;
  private final Metadata metadata;
  private final Map<String, byte[]> records = new LinkedHashMap<>();
  private String link = "";
  private String storedName;
  private long size;
  private int major;
  private int minor;

  TarHeaderWriter(String name, char type, Metadata metadata) {
    this.name = name;
    this.storedName = name;
    this.type = type;
    this.metadata = metadata;
  }

  void link(String target) {
    link = target;
  }

  void size(long bytes) {
    size = bytes;
  }

  void device(int majorNumber, int minorNumber) {
    major = majorNumber;
    minor = minorNumber;
  }

  /** Marks a file with holes: format 1.0, its map in front of the data. */
  void sparse(String placeholder, String realName, long realSize) {
    storedName = placeholder;
    record("GNU.sparse.major", "1");
    record("GNU.sparse.minor", "0");
    record("GNU.sparse.name", realName);
    record("GNU.sparse.realsize", Long.toString(realSize));
  }

  byte[] bytes() {
    var header = new byte[BLOCK];
    name(header);
    octal(header, 100, 8, metadata.mode());
    octal(header, 108, 8, number("uid", metadata.uid(), OCTAL_7_MAX));
    octal(header, 116, 8, number("gid", metadata.gid(), OCTAL_7_MAX));
    octal(header, 124, 12, number("size", size, OCTAL_11_MAX));
    octal(header, 136, 12, mtime());
    header[156] = (byte) type;
    linkName(header);
    magic(header);
    if (type == '3' || type == '4') {
      octal(header, 329, 8, major);
      octal(header, 337, 8, minor);
    }
    checksum(header);
    xattrs();
    if (records.isEmpty()) {
      return header;
    }
    var all = new ByteArrayOutputStream();
    all.writeBytes(extendedHeader());
    all.writeBytes(header);
    return all.toByteArray();
  }

  private void name(byte[] header) {
    byte[] raw = utf8(storedName);
    boolean ascii = isAscii(raw);
    if (ascii && raw.length <= NAME_BYTES) {
      put(header, 0, raw, raw.length);
      return;
    }
    int slash = ascii ? splitAt(raw) : -1;
    if (slash > 0) {
      put(header, 345, raw, slash);
      put(header, 0, Arrays.copyOfRange(raw, slash + 1, raw.length), raw.length - slash - 1);
      return;
    }
    put(header, 0, raw, NAME_BYTES); // for readers that know no PAX
    record("path", storedName);
  }

  /** The last slash that leaves a prefix and a name that both fit; -1 when there is none. */
  private static int splitAt(byte[] raw) {
    for (int at = Math.min(PREFIX_BYTES, raw.length - 2); at > 0; at--) {
      if (raw[at] == '/') {
        return raw.length - at - 1 <= NAME_BYTES ? at : -1;
      }
    }
    return -1;
  }

  private void linkName(byte[] header) {
    byte[] raw = utf8(link);
    put(header, 157, raw, NAME_BYTES);
    if (raw.length > NAME_BYTES || !isAscii(raw)) {
      record("linkpath", link);
    }
  }

  private long number(String key, long value, long max) {
    if (value <= max) {
      return value;
    }
    record(key, Long.toString(value));
    return 0;
  }

  private long mtime() {
    long seconds = metadata.mtimeSeconds();
    if (seconds >= 0 && seconds <= OCTAL_11_MAX && metadata.mtimeNanos() == 0) {
      return seconds;
    }
    BigDecimal exact =
        BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(metadata.mtimeNanos(), 9));
    boolean whole = metadata.mtimeNanos() == 0;
    record("mtime", whole ? Long.toString(seconds) : exact.stripTrailingZeros().toPlainString());
    return Math.max(0, Math.min(seconds, OCTAL_11_MAX));
  }

  private void xattrs() {
    metadata
        .xattrs()
        .asMap()
        .forEach(
            (key, value) ->
                records.put("SCHILY.xattr." + key.replace("%", "%25").replace("=", "%3D"), value));
  }

  private static void magic(byte[] header) {
    put(header, 257, utf8("ustar\00000"), 8);
  }

  private static void checksum(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    octal(header, 148, 7, sum); // six digits, NUL, and the space that is there
  }

  private byte[] extendedHeader() {
    var body = new ByteArrayOutputStream();
    records.forEach((key, value) -> body.writeBytes(record(utf8(key), value)));
    byte[] header = new byte[BLOCK];
    byte[] placeholder = utf8("./PaxHeaders/" + name.substring(name.lastIndexOf('/') + 1));
    put(header, 0, placeholder, NAME_BYTES);
    octal(header, 100, 8, 0644);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    octal(header, 124, 12, body.size());
    octal(header, 136, 12, 0);
    header[156] = 'x';
    magic(header);
    checksum(header);
    var all = new ByteArrayOutputStream();
    all.writeBytes(header);
    all.writeBytes(body.toByteArray());
    all.writeBytes(new byte[-body.size() & (BLOCK - 1)]);
    return all.toByteArray();
  }

  /** {@code "%d %s=%s\n"}, where the number counts the whole record, itself included. */
  private static byte[] record(byte[] key, byte[] value) {
    int rest = key.length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    var record = new ByteArrayOutputStream(length);
    record.writeBytes(utf8(length + " "));
    record.writeBytes(key);
    record.write('=');
    record.writeBytes(value);
    record.write('\n');
    return record.toByteArray();
  }

  private void record(String key, String value) {
    records.put(key, utf8(value));
  }

  private static void octal(byte[] header, int offset, int width, long value) {
    long rest = value;
    for (int at = offset + width - 2; at >= offset; at--) {
      header[at] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
    header[offset + width - 1] = 0;
    if (rest != 0) {
      throw new IllegalStateException(
          "bug: " + value + " does not fit " + (width - 1) + " octal digits");
    }
  }

  private static void put(byte[] header, int offset, byte[] raw, int max) {
    System.arraycopy(raw, 0, header, offset, Math.min(raw.length, max));
  }

  private static boolean isAscii(byte[] raw) {
    for (byte b : raw) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
