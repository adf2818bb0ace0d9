// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Bytes in the store. They stay there as long as the {@link Store} they were asked from is open.
 *
 * @param path the file that holds them, to read only
 * @param label what a person would call them: {@code busybox_1.36_amd64.deb}
 */
public record Blob(Digest digest, long size, Path path, String label) {

  /** Opens the bytes for random reading. */
  public BlockSource open() throws IOException {
    return BlockSource.file(path);
  }

  /** The bytes as a source that is opened anew each time. */
  public ByteSource source() {
    return ByteSource.file(path);
  }
}
