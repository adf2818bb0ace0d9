// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.deb.DebFile;
import dev.slipway.io.BlockSource;
import dev.slipway.store.Blob;
import java.io.IOException;
import java.util.Comparator;

/**
 * A package in the store of which all is known but its files.
 *
 * @param deb its bytes are closed again
 */
record PackageFile(Blob blob, DebFile deb, DebPackage about) {
  /** The order of unpacking. */
  static final Comparator<PackageFile> ORDER =
      Comparator.comparing(PackageFile::about, UnpackedRoot.order());

  static PackageFile read(Blob blob) throws IOException {
    String name = blob.label().isEmpty() ? blob.digest() + ".deb" : blob.label();
    try (BlockSource source = blob.open()) {
      DebFile deb = DebFile.read(source, name);
      return new PackageFile(blob, deb, DebPackage.of(deb));
    }
  }

  /** About how many bytes its files have: what it says of itself. */
  long installedBytes() {
    return about
        .control()
        .get("Installed-Size")
        .filter(kib -> kib.matches("[0-9]{1,12}"))
        .map(kib -> Long.parseLong(kib) << 10)
        .orElse(blob.size());
  }
}
