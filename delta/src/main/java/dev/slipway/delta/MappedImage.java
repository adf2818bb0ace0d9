// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.SpillFile;
import dev.slipway.io.BlockSource;
import dev.slipway.volume.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a volume as something that can be mapped: itself, or a copy in a temporary file. */
final class MappedImage implements Closeable {
  private final BlockSource bytes;
  private final List<Closeable> opened = new ArrayList<>();

  private MappedImage(BlockSource bytes) {
    this.bytes = bytes;
  }

  static MappedImage of(Volume volume, Path scratch) throws IOException {
    BlockSource source = volume.open();
    int probe = (int) Math.min(source.size(), 1);
    if (source.map(0, probe).isPresent()) {
      var image = new MappedImage(source);
      image.opened.add(source);
      return image;
    }
    try (source) {
      SpillFile copy = SpillFile.in(scratch);
      var image = new MappedImage(copy);
      image.opened.add(copy);
      try (var in = source.stream(0, source.size())) {
        in.transferTo(copy);
        copy.flush();
      } catch (IOException e) {
        image.close();
        throw e;
      }
      return image;
    }
  }

  BlockSource bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : opened) {
      each.close();
    }
  }
}
