// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.signature.Cms;
import dev.slipway.signature.SigningKey;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The same images for SWUpdate: a cpio archive with a description, its signature and the images.
 *
 * <p>Images are installed while they are read ({@code installed-directly}). Deltas, expiry and
 * notes have no place in it and are left out.
 *
 * @see <a href="https://sbabic.github.io/swupdate/sw-description.html">SWUpdate, sw-description</a>
 */
public final class Swu {
  private static final String DESCRIPTION = "sw-description";

  /** What the headers and the description need to know of an image. */
  private record Image(ByteSource bytes, CpioCrcWriter.Sum sum, Digest digest) {}

  private Swu() {}

  /**
   * Writes an update. The same recipe, key and options give the same bytes.
   *
   * @param target is replaced when everything has been written
   */
  public static void write(
      BundleRecipe recipe, SigningKey key, SwuOptions options, Path target, Progress progress)
      throws IOException {
    var images = new LinkedHashMap<String, Image>();
    for (Map.Entry<String, BundleRecipe.Slot> entry : recipe.slots().entrySet()) {
      if (entry.getValue().whole == null) {
        throw new IllegalArgumentException(
            "slot " + entry.getKey() + ": SWUpdate needs the whole image");
      }
      images.put(entry.getKey(), read(entry.getKey(), entry.getValue(), progress));
    }
    byte[] description = describe(recipe, options, images).getBytes(StandardCharsets.UTF_8);
    byte[] signature = Cms.signDetached(ByteSource.bytes(description), key, recipe.builtAt());
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
        var archive = new CpioCrcWriter(out);
        archive.add(DESCRIPTION, description);
        archive.add(DESCRIPTION + ".sig", signature);
        for (Map.Entry<String, Image> entry : images.entrySet()) {
          archive.add(fileName(entry.getKey()), entry.getValue().bytes(), entry.getValue().sum());
        }
        archive.finish();
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static String fileName(String slot) {
    return slot + ".img";
  }

  private static Image read(String slot, BundleRecipe.Slot parts, Progress progress)
      throws IOException {
    var bytes = new VolumeBytes(parts.whole);
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[1 << 16];
    long sum = 0;
    long size = 0;
    try (Task task = progress.start("reading " + fileName(slot), parts.whole.size());
        InputStream in = bytes.open()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        sha256.update(buffer, 0, count);
        for (int i = 0; i < count; i++) {
          sum += buffer[i] & 0xff;
        }
        size += count;
        task.advance(count);
      }
    }
    return new Image(bytes, new CpioCrcWriter.Sum(size, sum & 0xffff_ffffL), Digest.finish(sha256));
  }

  private static String describe(
      BundleRecipe recipe, SwuOptions options, Map<String, Image> images) {
    var out = new StringBuilder("software =\n{\n");
    out.append("  version = ").append(quoted(recipe.version())).append(";\n");
    out.append("  hardware-compatibility: [ ");
    out.append(String.join(", ", options.hardware().stream().map(Swu::quoted).toList()));
    out.append(" ];\n");
    Map<String, String> only = options.copies().get("");
    if (only != null) {
      list(out, "  ", only, images);
    } else {
      out.append("  stable:\n  {\n");
      options
          .copies()
          .forEach(
              (name, devices) -> {
                out.append("    ").append(name).append(":\n    {\n");
                list(out, "      ", devices, images);
                out.append("    };\n");
              });
      out.append("  };\n");
    }
    return out.append("}\n").toString();
  }

  private static void list(
      StringBuilder out, String indent, Map<String, String> devices, Map<String, Image> images) {
    out.append(indent).append("images: (");
    String separator = "\n";
    for (Map.Entry<String, Image> entry : images.entrySet()) {
      String device = devices.get(entry.getKey());
      if (device == null) {
        throw new IllegalArgumentException(
            "slot " + entry.getKey() + ": on which device? Known are " + devices.keySet());
      }
      out.append(separator)
          .append(indent)
          .append("  { filename = ")
          .append(quoted(fileName(entry.getKey())))
          .append("; device = ")
          .append(quoted(device))
          .append("; type = \"raw\"; sha256 = \"")
          .append(entry.getValue().digest())
          .append("\"; installed-directly = true; }");
      separator = ",\n";
    }
    out.append('\n').append(indent).append(");\n");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
