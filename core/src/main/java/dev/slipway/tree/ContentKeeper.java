// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.digest.Digest;
import dev.slipway.tree.Content.Range;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Where the bytes of files go while an archive is read, since an archive can be read only once and
 * a {@link Content} can be opened again and again.
 */
@FunctionalInterface
public interface ContentKeeper {

  /**
   * Takes exactly {@code sizeBytes} bytes from a stream, which stays open.
   *
   * @throws EOFException when the stream ends early
   */
  Content keep(InputStream in, long sizeBytes) throws IOException;

  /**
   * As {@link #keep(InputStream, long)}, for a file with holes. The stream gives zeros for them and
   * skips them quickly.
   *
   * @param data where data lies, in order
   */
  default Content keep(InputStream in, long sizeBytes, List<Range> data) throws IOException {
    Content kept = keep(in, sizeBytes);
    return Content.sparse(sizeBytes, kept.digest(), data, kept.source());
  }

  /** Keeps everything in memory: for small archives and tests. */
  static ContentKeeper inMemory() {
    return (in, sizeBytes) -> {
      if (sizeBytes > Integer.MAX_VALUE - 8) {
        throw new IOException(sizeBytes + " bytes are too many to keep one file in memory");
      }
      byte[] bytes = in.readNBytes((int) sizeBytes);
      if (bytes.length < sizeBytes) {
        throw new EOFException("ended after " + bytes.length + " of " + sizeBytes + " bytes");
      }
      return Content.of(sizeBytes, Digest.of(bytes), () -> new java.io.ByteArrayInputStream(bytes));
    };
  }
}
