// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.disk.DiskInspection;
import dev.slipway.disk.InspectedPartition;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An image on the command line: {@code FILE}, or {@code FILE#NAME} for the partition of that name
 * in a disk image.
 */
final class ImageArgument {
  private ImageArgument() {}

  /** Opens it; the file is among {@code opened} from then on. */
  static BlockSource open(String argument, List<BlockSource> opened) throws IOException {
    int mark = argument.lastIndexOf('#');
    Path file = Path.of(mark < 0 ? argument : argument.substring(0, mark));
    BlockSource source = BlockSource.file(file);
    opened.add(source);
    if (mark < 0) {
      return source;
    }
    String name = argument.substring(mark + 1);
    var names = new ArrayList<String>();
    for (InspectedPartition partition : DiskInspection.of(source, file.toString()).partitions()) {
      if (partition.name().equals(name)) {
        return source.slice(partition.offsetBytes(), partition.sizeBytes());
      }
      names.add(partition.name());
    }
    throw new IllegalArgumentException(
        file + ": no partition is called \"" + name + "\", there are " + names);
  }
}
