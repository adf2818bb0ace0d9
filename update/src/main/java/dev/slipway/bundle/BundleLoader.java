// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.digest.Digest;
import java.util.Objects;

/**
 * A file of the boot loader in a bundle.
 *
 * @param kind for which firmware
 * @param name what it is called there: {@code core.img}, {@code grubx64.efi}
 * @param file its name in the bundle
 * @param sizeBytes of the file
 * @param digest of the file
 */
public record BundleLoader(
    LoaderKind kind, String name, String file, long sizeBytes, Digest digest) {
  /** What every core image is called; a BIOS has no names. */
  public static final String CORE = "core.img";

  /** What fits two directory entries: all names of a boot loader are in one sector. */
  private static final int NAME_CHARS_MAX = 13;

  public BundleLoader {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(digest, "digest");
    BundleManifest.requireFileName(name);
    BundleManifest.requireFileName(file);
    if (name.length() > NAME_CHARS_MAX
        || name.startsWith(LoaderPlaces.EFI_PLACE_FILE)
        || kind == LoaderKind.BIOS != name.equals(CORE)) {
      throw new IllegalArgumentException(
          "a boot loader for "
              + kind
              + " is no file "
              + name
              + (kind == LoaderKind.BIOS ? "; it is " + CORE : ""));
    }
    if (sizeBytes <= 0 || sizeBytes > 64 << 20) {
      throw new IllegalArgumentException(
          "boot loader " + name + ": " + sizeBytes + " bytes; it has 1 byte to 64 MiB");
    }
  }
}
