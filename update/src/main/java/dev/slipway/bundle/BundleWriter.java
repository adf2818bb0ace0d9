// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.digest.Digest;
import dev.slipway.fs.squashfs.Squashfs;
import dev.slipway.fs.squashfs.SquashfsOptions;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Struct;
import dev.slipway.progress.Progress;
import dev.slipway.signature.Cms;
import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.SigningKey;
import dev.slipway.verity.Verity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Writes bundles. Everything is written forwards into a file beside the target, read back and
 * verified, and only then put in the target's place.
 */
final class BundleWriter {
  static final int LENGTH_BYTES = 8;

  /** RAUC refuses larger ones unless told otherwise. */
  static final int CMS_BYTES_MAX = 1 << 16;

  private final BundleOptions options;
  private final SigningKey key;
  private final Progress progress;

  BundleWriter(BundleOptions options, SigningKey key, Progress progress) {
    this.options = options;
    this.key = key;
    this.progress = progress;
  }

  BundleManifest write(BundleRecipe recipe, Path target) throws IOException {
    Files.createDirectories(options.work());
    Path work = Files.createTempDirectory(options.work(), "bundle");
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      BundlePayload.Made made = BundlePayload.of(recipe, work, progress);
      Files.deleteIfExists(part);
      write(made, recipe.builtAt(), part);
      verify(part, recipe.builtAt());
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      return made.manifest();
    } finally {
      Files.deleteIfExists(part);
      remove(work);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private void write(BundlePayload.Made made, Instant builtAt, Path part) throws IOException {
    try (BlockSink sink = BlockSink.createFile(part, 0)) {
      var packing = SquashfsOptions.of(options.compression(), builtAt.getEpochSecond());
      long size = Squashfs.write(made.tree(), packing, sink, options.threads(), progress);
      if (size == Squashfs.PADDING_BYTES) {
        // A tree over one block has no levels, and RAUC refuses that.
        sink.write(size, new byte[Squashfs.PADDING_BYTES]);
        size += Squashfs.PADDING_BYTES;
      }
      byte[] salt = salt(made.manifest());
      long treeBytes = Verity.treeBytes(size);
      Digest root;
      try (BlockSource payload = BlockSource.file(part)) {
        root = Verity.write(payload.slice(0, size), salt, sink.slice(size, treeBytes), progress);
      }
      byte[] manifest =
          ManifestText.write(
              made.manifest(), Optional.of(new ManifestText.Tree(root, salt, treeBytes)));
      byte[] cms = Cms.signAttached(manifest, key, builtAt);
      if (cms.length > CMS_BYTES_MAX) {
        throw new IllegalArgumentException(
            "the signed manifest has "
                + cms.length
                + " bytes, machines read at most "
                + CMS_BYTES_MAX
                + "; shorten the release notes or send fewer certificates along");
      }
      sink.write(size + treeBytes, cms);
      sink.write(
          size + treeBytes + cms.length,
          Struct.bigEndian(LENGTH_BYTES).u64(0, cms.length, "signature length").bytes());
      sink.flush();
    }
  }

  /** Not random, so that the same recipe gives the same bytes. */
  private static byte[] salt(BundleManifest manifest) {
    return Digest.of(ManifestText.write(manifest, Optional.empty())).bytes();
  }

  /** Reads everything back as a machine would that trusts our signer. */
  private void verify(Path part, Instant builtAt) throws IOException {
    CmsPolicy policy =
        CmsPolicy.trusting(List.of(key.certificate()), builtAt, builtAt)
            .withPurpose(CmsPolicy.Purpose.ANY);
    try (BlockSource source = BlockSource.file(part);
        Bundle bundle = Bundle.open(source, part.getFileName().toString(), policy)) {
      bundle.verify(progress);
    }
  }
}
