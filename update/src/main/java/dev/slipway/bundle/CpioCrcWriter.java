// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.io.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A cpio archive of the "crc" kind, whose headers have the sum of all bytes of a file.
 *
 * <pre>
 * 070702  then 8 hexadecimal digits each:
 * inode  mode  uid  gid  links  mtime  size  device(2)  special(2)  name's length  sum
 * name NUL  padding to 4  data  padding to 4
 * </pre>
 */
final class CpioCrcWriter {
  private static final String MAGIC = "070702";
  private static final int REGULAR_FILE = 0100644;
  private static final String TRAILER = "TRAILER!!!";
  private static final int ALIGNMENT = 4;
  private static final int END_ALIGNMENT = 512;
  private static final long SIZE_MAX = 0xffff_ffffL;

  private final OutputStream out;
  private long written;
  private int inode;

  CpioCrcWriter(OutputStream out) {
    this.out = out;
  }

  /** A file's size and the sum of its bytes, which its header needs beforehand. */
  record Sum(long sizeBytes, long sum) {}

  static Sum sum(byte[] bytes) {
    long sum = 0;
    for (byte b : bytes) {
      sum += b & 0xff;
    }
    return new Sum(bytes.length, sum & SIZE_MAX);
  }

  void add(String name, byte[] bytes) throws IOException {
    add(name, ByteSource.bytes(bytes), sum(bytes));
  }

  void add(String name, ByteSource content, Sum expected) throws IOException {
    if (expected.sizeBytes() > SIZE_MAX) {
      throw new IllegalArgumentException(
          name + ": " + expected.sizeBytes() + " bytes are too many for cpio, which holds 4 GiB");
    }
    header(name, REGULAR_FILE, expected.sizeBytes(), expected.sum());
    long sum = 0;
    long done = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = content.open()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        write(buffer, count);
        done += count;
        for (int i = 0; i < count; i++) {
          sum += buffer[i] & 0xff;
        }
      }
    }
    if (done != expected.sizeBytes() || (sum & SIZE_MAX) != expected.sum()) {
      throw new IOException(name + " changed while it was read");
    }
    pad(ALIGNMENT);
  }

  void finish() throws IOException {
    inode = -1;
    header(TRAILER, 0, 0, 0);
    pad(END_ALIGNMENT);
  }

  private void header(String name, int mode, long size, long sum) throws IOException {
    byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
    HexFormat hex = HexFormat.of();
    var text = new StringBuilder(MAGIC);
    long[] fields = {++inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, nameBytes.length, sum};
    for (long field : fields) {
      text.append(hex.toHexDigits(field, 8));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    write(bytes, bytes.length);
    write(nameBytes, nameBytes.length);
    pad(ALIGNMENT);
  }

  private void write(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    written += length;
  }

  private void pad(int alignment) throws IOException {
    write(new byte[alignment], (int) (-written & (alignment - 1)));
  }
}
