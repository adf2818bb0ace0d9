// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bundle.BundleLoader;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.tree.Content;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A machine before and after an update.
 *
 * @param disk the whole disk, with the old release in slot A
 * @param releases the old one and the new one
 * @param cores the old core image and the new one, each as it is in place 1
 * @param programs the files of the old boot loader for UEFI and of the new one, but for the script
 *     of the old one
 */
record UpdatedMachine(
    byte[] disk,
    BootMenu menu,
    List<Volume> releases,
    List<byte[]> cores,
    List<Map<String, Content>> programs) {

  /** What a bundle with the new release and the new boot loaders is made from. */
  BundleRecipe recipe() throws IOException {
    BundleRecipe recipe =
        SampleMachine.recipe("1.1", 11).image(Installer.SLOT_CLASS, releases.get(1));
    recipe.loader(LoaderKind.BIOS, BundleLoader.CORE, Content.bytes(cores.get(1)));
    programs.get(1).forEach((name, content) -> recipe.loader(LoaderKind.EFI, name, content));
    return recipe;
  }

  /** The same with another boot loader for a BIOS in the update. */
  UpdatedMachine withCore(byte[] core) {
    return new UpdatedMachine(disk, menu, releases, List.of(cores.get(0), core), programs);
  }

  /** The same with another file of the boot loader for UEFI in the update. */
  UpdatedMachine withProgram(String name, byte[] content) {
    var changed = new TreeMap<>(programs.get(1));
    changed.put(name, Content.bytes(content));
    return new UpdatedMachine(disk, menu, releases, cores, List.of(programs.get(0), changed));
  }
}
