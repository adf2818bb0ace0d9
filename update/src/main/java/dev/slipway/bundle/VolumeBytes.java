// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.volume.Volume;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a volume from the first to the last, opened anew each time. */
record VolumeBytes(Volume volume) implements ByteSource {
  @Override
  public InputStream open() throws IOException {
    BlockSource source = volume.open();
    return new FilterInputStream(source.stream(0, source.size())) {
      @Override
      public void close() throws IOException {
        source.close();
      }
    };
  }
}
