// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.io.FormatException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The content of a symbolic link's object: none, and there must be none. */
final class NothingMore extends FilterInputStream {
  private final String source;

  NothingMore(InputStream in, String source) {
    super(in);
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    if (in.read() >= 0) {
      throw new FormatException(source + ": bytes behind the header of a symbolic link");
    }
    return -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return length == 0 ? 0 : read();
  }
}
