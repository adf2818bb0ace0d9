// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/** Writes a gzip member or a zlib stream: header, deflated data, checksum. */
final class DeflateRebuild extends OutputStream {
  private final OutputStream out;
  private final DeflateEncoder encoder;
  private final boolean gzip;
  private final Checksum checksum;
  private long size;
  private boolean closed;

  DeflateRebuild(DeflateRecipe recipe, OutputStream out) throws IOException {
    this.out = out;
    gzip = recipe.kind() == MemberKind.GZIP;
    checksum = gzip ? new CRC32() : new Adler32();
    out.write(recipe.header());
    encoder = new DeflateEncoder(recipe.dialect(), out, recipe.adjustments(), recipe.plan());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    checksum.update(bytes, offset, length);
    size += length;
    encoder.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    encoder.finish();
    int sum = (int) checksum.getValue();
    if (gzip) {
      writeInt(Integer.reverseBytes(sum));
      writeInt(Integer.reverseBytes((int) size));
    } else {
      writeInt(sum);
    }
  }

  /** The highest byte first. */
  private void writeInt(int value) throws IOException {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(value >>> shift);
    }
  }
}
