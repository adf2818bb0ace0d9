// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.bundle.BundleOptions.Format;
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
import dev.slipway.tree.Tree;
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

  /** RAUC refuses larger ones since 1.15.2, as nothing checks them while they are read. */
  private static final long PLAIN_BYTES_MAX = 1L << 31;

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
      boolean plain = options.format() == Format.PLAIN;
      BundlePayload.Made made =
          BundlePayload.of(
              recipe,
              work,
              plain
                  ? ManifestText::writePlain
                  : manifest -> ManifestText.writeVerity(manifest, Optional.empty()),
              progress);
      Files.deleteIfExists(part);
      try (BlockSink sink = BlockSink.createFile(part, 0)) {
        long size = writePayload(made.tree(), recipe.builtAt(), sink);
        if (plain) {
          signPayload(sink, size, recipe.builtAt(), part);
        } else {
          signManifest(sink, size, made.manifest(), recipe.builtAt(), part);
        }
        sink.flush();
      }
      verify(part);
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

  private long writePayload(Tree tree, Instant builtAt, BlockSink sink) throws IOException {
    var packing = SquashfsOptions.of(options.compression(), builtAt.getEpochSecond());
    long size = Squashfs.write(tree, packing, sink, options.threads(), progress);
    if (size == Squashfs.PADDING_BYTES) {
      // A tree over one block has no levels, and RAUC refuses that.
      sink.write(size, new byte[Squashfs.PADDING_BYTES]);
      size += Squashfs.PADDING_BYTES;
    }
    return size;
  }

  private void signManifest(
      BlockSink sink, long size, BundleManifest manifest, Instant builtAt, Path part)
      throws IOException {
    byte[] salt = salt(manifest);
    long treeBytes = Verity.treeBytes(size);
    Digest root;
    try (BlockSource written = BlockSource.file(part)) {
      root = Verity.write(written.slice(0, size), salt, sink.slice(size, treeBytes), progress);
    }
    byte[] text =
        ManifestText.writeVerity(
            manifest, Optional.of(new ManifestText.Tree(root, salt, treeBytes)));
    append(sink, size + treeBytes, Cms.signAttached(text, key, builtAt));
  }

  private void signPayload(BlockSink sink, long size, Instant builtAt, Path part)
      throws IOException {
    if (size > PLAIN_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a plain bundle's payload has " + size + " bytes, RAUC refuses more than 2 GiB");
    }
    try (BlockSource written = BlockSource.file(part)) {
      append(sink, size, Cms.signDetached(() -> written.stream(0, size), key, builtAt));
    }
  }

  private static void append(BlockSink sink, long offset, byte[] cms) throws IOException {
    if (cms.length > CMS_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the signature has "
              + cms.length
              + " bytes, machines read at most "
              + CMS_BYTES_MAX
              + "; shorten the release notes or send fewer certificates along");
    }
    sink.write(offset, cms);
    sink.write(
        offset + cms.length,
        Struct.bigEndian(LENGTH_BYTES).u64(0, cms.length, "signature length").bytes());
  }

  /** Not random, so that the same recipe gives the same bytes. */
  private static byte[] salt(BundleManifest manifest) {
    return Digest.of(ManifestText.writeVerity(manifest, Optional.empty())).bytes();
  }

  /**
   * Reads everything back as a machine would that trusts our signer. When it does so is of no
   * interest here: the release may be older than the certificate.
   */
  private void verify(Path part) throws IOException {
    Instant valid = key.certificate().getNotBefore().toInstant();
    CmsPolicy policy =
        CmsPolicy.trusting(List.of(key.certificate()), valid, valid)
            .withPurpose(CmsPolicy.Purpose.ANY);
    String name = part.getFileName().toString();
    try (BlockSource source = BlockSource.file(part)) {
      if (options.format() == Format.PLAIN) {
        BundleEnd end = BundleEnd.of(source, name);
        Cms.verifyDetached(() -> source.stream(0, end.start()), end.cms(), name, policy);
        return;
      }
      try (Bundle bundle = Bundle.open(source, name, policy)) {
        bundle.verify(progress);
      }
    }
  }
}
