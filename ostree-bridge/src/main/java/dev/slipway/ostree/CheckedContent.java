// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Holds the content of a file object against its name when it has been read to its end. */
final class CheckedContent extends FilterInputStream {
  private final ObjectName name;
  private final MessageDigest sha256;
  private boolean checked;

  CheckedContent(InputStream in, FileHeader header, ObjectName name) {
    super(in);
    this.name = name;
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
    } else if (count < 0 && !checked) {
      Digest found = Digest.finish(sha256);
      checked = true;
      if (!found.equals(name.checksum())) {
        throw ObjectStore.corrupt(name, found);
      }
    }
    return count;
  }

  /** Skipping would leave bytes out of the checksum: they are read. */
  @Override
  public long skip(long count) throws IOException {
    byte[] chunk = new byte[(int) Math.max(0, Math.min(count, 1 << 16))];
    return chunk.length == 0 ? 0 : Math.max(0, read(chunk, 0, chunk.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
