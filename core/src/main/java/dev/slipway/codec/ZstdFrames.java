// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Decodes zstd. */
final class ZstdFrames {
  private ZstdFrames() {}

  static InputStream decoder(InputStream in) throws IOException {
    return new ZstdInputStream(in);
  }
}
