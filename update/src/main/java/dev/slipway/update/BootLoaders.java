// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;

/** The boot loaders of a disk, as bundles carry them to others. */
public final class BootLoaders {
  private BootLoaders() {}

  /**
   * The confirmed boot loader of each kind that a disk has. Contents are read from the disk when
   * they are used.
   *
   * @param source the disk, of which nothing but the boot loaders matters
   * @param name what it is called in error messages
   * @throws FormatException when there is none, or one that cannot be tried beside another
   */
  public static Map<LoaderKind, SortedMap<String, Content>> in(BlockSource source, String name)
      throws IOException {
    SystemDisk disk = SystemDisk.of(name, source, BlockSink.inMemory(0));
    var found = new EnumMap<LoaderKind, SortedMap<String, Content>>(LoaderKind.class);
    var bios = BiosLoaderPlace.of(disk);
    if (bios.isPresent()) {
      found.put(LoaderKind.BIOS, bios.get().confirmed());
    }
    var efi = EfiLoaderPlace.of(disk);
    if (efi.isPresent()) {
      found.put(LoaderKind.EFI, efi.get().confirmed());
    }
    if (found.isEmpty()) {
      throw new FormatException(name + ": there is no boot loader of ours on this disk");
    }
    return found;
  }
}
