// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.disk.DiskInspection;
import dev.slipway.disk.InspectedPartition;
import dev.slipway.io.BlockSource;
import dev.slipway.update.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An image on the command line: {@code FILE}, or {@code FILE#NAME} for what the partition of that
 * name in a disk image holds: its file system, without the room behind it. So it is the same image
 * that was once put into the partition, and that machines compare their slots with.
 */
final class ImageArgument {
  private ImageArgument() {}

  /** Opens it; the file is among {@code opened} from then on. */
  static BlockSource open(String argument, List<BlockSource> opened) throws IOException {
    int mark = Files.exists(Path.of(argument)) ? -1 : argument.lastIndexOf('#');
    Path file = Path.of(mark < 0 ? argument : argument.substring(0, mark));
    BlockSource source = BlockSource.file(file);
    opened.add(source);
    return mark < 0 ? source : partition(source, file, argument.substring(mark + 1));
  }

  private static BlockSource partition(BlockSource disk, Path file, String name)
      throws IOException {
    var names = new ArrayList<String>();
    for (InspectedPartition partition : DiskInspection.of(disk, file.toString()).partitions()) {
      if (partition.name().equals(name)) {
        BlockSource whole = disk.slice(partition.offsetBytes(), partition.sizeBytes());
        long bytes = Release.imageBytes(whole, file + "#" + name).orElse(whole.size());
        return whole.slice(0, Math.min(bytes, whole.size()));
      }
      names.add(partition.name());
    }
    throw new IllegalArgumentException(
        file + ": no partition is called \"" + name + "\", there are " + names);
  }
}
