// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.Locale;

/** The two ways in which firmware finds a boot loader. A disk may hold one for each. */
public enum LoaderKind {
  /** A core image in the BIOS boot partition, named by the first sector. */
  BIOS,

  /** Programs in a directory of the EFI system partition. */
  EFI;

  /** The kind in manifests, in names of files and in the boot script. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The environment variable that says what is to be done with the spare one. */
  String variable() {
    return name() + "_LOADER";
  }
}
