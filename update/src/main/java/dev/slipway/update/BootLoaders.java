// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.LoaderKind;
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
   * @throws dev.slipway.io.FormatException when one is too old to be tried beside another
   */
  public static Map<LoaderKind, SortedMap<String, Content>> in(SystemDisk disk)
      throws IOException {
    var found = new EnumMap<LoaderKind, SortedMap<String, Content>>(LoaderKind.class);
    var bios = BiosLoaderPlace.of(disk);
    if (bios.isPresent()) {
      found.put(LoaderKind.BIOS, bios.get().confirmed());
    }
    var efi = EfiLoaderPlace.of(disk);
    if (efi.isPresent()) {
      found.put(LoaderKind.EFI, efi.get().confirmed());
    }
    return found;
  }
}
