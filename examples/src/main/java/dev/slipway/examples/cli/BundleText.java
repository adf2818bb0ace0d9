// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bundle.BundleDelta;
import dev.slipway.bundle.BundleImage;
import dev.slipway.bundle.BundleLoader;
import dev.slipway.bundle.BundleManifest;
import dev.slipway.io.Size;

/** A manifest in words. */
final class BundleText {
  private BundleText() {}

  static String of(BundleManifest manifest) {
    var out = new StringBuilder();
    out.append("compatible  ").append(manifest.compatible()).append('\n');
    out.append("version     ").append(manifest.version()).append('\n');
    if (manifest.foreign()) {
      out.append("made by     another tool: no sequence, hooks and the like are not shown\n");
    } else {
      out.append("sequence    ").append(manifest.sequence()).append('\n');
      out.append("built       ").append(manifest.builtAt()).append('\n');
    }
    manifest.expiresAt().ifPresent(at -> out.append("expires     ").append(at).append('\n'));
    for (BundleImage image : manifest.images()) {
      out.append("slot ")
          .append(image.slot())
          .append(": ")
          .append(Size.bytes(image.sizeBytes()))
          .append(", sha256 ")
          .append(image.digest())
          .append('\n');
      image
          .file()
          .ifPresent(
              file ->
                  out.append("  whole     ")
                      .append(file)
                      .append(image.adaptive() ? ", with an index of its blocks\n" : "\n"));
      for (BundleDelta delta : image.deltas()) {
        out.append("  delta     ")
            .append(Size.bytes(delta.sizeBytes()))
            .append(" from ")
            .append(delta.fromVersion())
            .append(", sha256 ")
            .append(delta.from())
            .append('\n');
      }
    }
    for (BundleLoader loader : manifest.loaders()) {
      out.append("boot loader for ")
          .append(loader.kind())
          .append(": ")
          .append(loader.name())
          .append(", ")
          .append(Size.bytes(loader.sizeBytes()))
          .append(", sha256 ")
          .append(loader.digest())
          .append('\n');
    }
    if (!manifest.notes().isEmpty()) {
      out.append("notes\n");
      manifest.notes().lines().forEach(line -> out.append("  ").append(line).append('\n'));
    }
    return out.toString();
  }
}
