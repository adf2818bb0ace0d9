// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.bootconfig.BootStore;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatVolume;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.List;

/**
 * Finds the boot store on an EFI system partition. The file system is read to learn where the two
 * blocks lie; after that they are overwritten in place, and no driver is asked.
 */
public final class EspBootStore {
  private static final String FIRST_BLOCK = "grubenv.1";
  private static final String SECOND_BLOCK = "grubenv.2";

  private EspBootStore() {}

  /**
   * The store on a partition.
   *
   * @param partition what it holds
   * @param sink the same partition, to be written to
   * @param name the partition's name in error messages
   * @throws FormatException when it is no FAT volume, or has no store, or a block is in pieces
   */
  public static BootStore of(BlockSource partition, BlockSink sink, String name)
      throws IOException {
    FatVolume volume = Fat.read(partition, name);
    List<TreePath> found =
        volume.tree().entries().keySet().stream()
            .filter(path -> path.name().equals(FIRST_BLOCK))
            .toList();
    if (found.size() != 1) {
      throw new FormatException(
          name
              + ": found "
              + found.size()
              + " files "
              + FIRST_BLOCK
              + ", expected one: this disk has "
              + (found.isEmpty() ? "no boot store of ours" : "several boot stores " + found));
    }
    String directory = found.get(0).parent().orElseThrow().toString();
    return BootStore.at(
        partition,
        sink,
        new long[] {
          volume.place(directory + "/" + FIRST_BLOCK).offset(),
          volume.place(directory + "/" + SECOND_BLOCK).offset()
        });
  }
}
