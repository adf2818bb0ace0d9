// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** Reads a zlib stream, with one kind of error and a limit on what comes out. */
final class ZlibInput extends FilterInputStream {
  private final String name;
  private final long plainMax;
  private long count;

  ZlibInput(InputStream in, String name, long plainMax) {
    super(new InflaterInputStream(in));
    this.name = name;
    this.plainMax = plainMax;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      int got = super.read(target, offset, length);
      count += Math.max(0, got);
      if (count > plainMax) {
        throw new FormatException(name + ": unpacks to more than " + plainMax + " bytes");
      }
      return got;
    } catch (ZipException | EOFException e) {
      throw new FormatException(
          name + ": byte " + count + " of the unpacked data: damaged (" + e.getMessage() + ")", e);
    }
  }
}
