// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.FileHeader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Makes the checksum of a file object from the content that passes through. */
final class ObjectDigestStream extends FilterInputStream {
  private final MessageDigest sha256;

  ObjectDigestStream(InputStream in, FileHeader header) {
    super(in);
    this.sha256 = header.digestSoFar();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, length);
    if (count > 0) {
      sha256.update(target, offset, count);
    }
    return count;
  }

  /** The checksum of the object, once, after the content was read to its end. */
  Digest checksum() {
    return Digest.finish(sha256);
  }
}
