// SPDX-License-Identifier: Apache-2.0
package dev.slipway.digest;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** Counts and digests what passes through. */
public final class DigestingOutputStream extends FilterOutputStream {
  private final MessageDigest sha256 = Digest.sha256();
  private long count;

  public DigestingOutputStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    sha256.update((byte) b);
    count++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    sha256.update(bytes, offset, length);
    count += length;
  }

  /** How many bytes have passed. */
  public long count() {
    return count;
  }

  /** The digest of all that has passed. Call it once, at the end. */
  public Digest digest() {
    return Digest.finish(sha256);
  }
}
