// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.digest.Digest;
import dev.slipway.fs.squashfs.Squashfs;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.signature.Cms;
import dev.slipway.signature.CmsContent;
import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.CmsSigner;
import dev.slipway.signature.SigningKey;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A signed update bundle: RAUC's verity bundle format, with deltas as further files in it.
 *
 * <pre>{@code
 * Bundle.write(recipe, key, BundleOptions.zstd(2, work), out, progress);
 *
 * try (BlockSource source = BlockSource.file(out);
 *     Bundle bundle = Bundle.open(source, "update.raucb", policy)) {
 *   BundleImage image = bundle.manifest().image("rootfs").orElseThrow();
 *   InputStream in = bundle.image(image).open();
 * }
 * }</pre>
 *
 * <p>A bundle that is open has had its signature verified. Of the payload nothing is believed:
 * every block is checked against the signed hash tree when it is read, from wherever the source
 * gets it, so only what is needed has to be fetched.
 */
public final class Bundle implements Closeable {
  private final String name;
  private final BundleManifest manifest;
  private final CmsSigner signer;
  private final BlockSource payload;
  private final BundleOptions.Format format;
  private Tree files;

  private Bundle(
      String name,
      BundleManifest manifest,
      CmsSigner signer,
      BlockSource payload,
      BundleOptions.Format format) {
    this.name = name;
    this.manifest = manifest;
    this.signer = signer;
    this.payload = payload;
    this.format = format;
  }

  /**
   * Makes a bundle. The same recipe, key and options give the same bytes.
   *
   * @param target is replaced when the whole bundle has been written and read back
   */
  public static BundleManifest write(
      BundleRecipe recipe, SigningKey key, BundleOptions options, Path target, Progress progress)
      throws IOException {
    return new BundleWriter(options, key, progress).write(recipe, target);
  }

  /**
   * Opens a bundle whose signature counts, whichever tool made it. All of a plain bundle is read.
   *
   * @param source stays open as long as the bundle is used, and is the caller's to close
   * @param name what the bundle is called in error messages
   * @throws FormatException when it is no bundle that we know
   * @throws dev.slipway.signature.UntrustedException when the signature does not count
   */
  public static Bundle open(BlockSource source, String name, CmsPolicy policy) throws IOException {
    BundleEnd end = BundleEnd.of(source, name);
    String signature = name + ": signature";
    if (Cms.isDetached(end.cms(), signature)) {
      BlockSource payload = source.slice(0, end.start());
      CmsSigner signer =
          Cms.verifyDetached(() -> source.stream(0, end.start()), end.cms(), signature, policy);
      return new Bundle(
          name, plainManifest(payload, name), signer, payload, BundleOptions.Format.PLAIN);
    }
    CmsContent content = Cms.verifyAttached(end.cms(), signature, policy);
    ManifestText.Read read = ManifestText.readVerity(content.bytes(), name + ": manifest");
    return new Bundle(
        name,
        read.manifest(),
        content.signer(),
        end.payload(source, name, read.tree()),
        BundleOptions.Format.VERITY);
  }

  private static BundleManifest plainManifest(BlockSource payload, String name) throws IOException {
    Tree files = Squashfs.read(payload, name + ": payload");
    if (!(files.inode("/" + BundlePayload.MANIFEST_NAME).orElse(null) instanceof RegularFile file)
        || file.content().sizeBytes() > BundleWriter.CMS_BYTES_MAX) {
      throw new FormatException(
          name + ": payload: lacks " + BundlePayload.MANIFEST_NAME + " of at most 64 KiB");
    }
    return ManifestText.readPlain(file.content().readAll(), name + ": manifest");
  }

  /**
   * What a bundle says about itself, whoever signed it: to look at, never to act on.
   *
   * @throws FormatException when it is no bundle that we know
   */
  public static BundleManifest peek(BlockSource source, String name) throws IOException {
    BundleEnd end = BundleEnd.of(source, name);
    if (Cms.isDetached(end.cms(), name + ": signature")) {
      return plainManifest(source.slice(0, end.start()), name);
    }
    byte[] text = Cms.withoutVerifying(end.cms(), name + ": signature");
    return ManifestText.readVerity(text, name + ": manifest").manifest();
  }

  /** How its payload is protected: only that of a verity bundle while it is read. */
  public BundleOptions.Format format() {
    return format;
  }

  public BundleManifest manifest() {
    return manifest;
  }

  public CmsSigner signer() {
    return signer;
  }

  /** Everything in the payload, checked as it is read. */
  public synchronized Tree files() throws IOException {
    if (files == null) {
      files = Squashfs.read(payload, name + ": payload");
    }
    return files;
  }

  /**
   * The whole image for a slot.
   *
   * @throws FormatException when this bundle has only deltas for the slot, or the file in it does
   *     not have the size the manifest says
   */
  public Content image(BundleImage image) throws IOException {
    String file =
        image
            .file()
            .orElseThrow(
                () -> new FormatException(name + ": it has only deltas for slot " + image.slot()));
    return file(file, image.sizeBytes(), image.digest());
  }

  /** A delta's bytes; errors as for {@link #image}. */
  public Content delta(BundleDelta delta) throws IOException {
    return file(delta.file(), delta.sizeBytes(), delta.digest());
  }

  /** A file of the boot loader; errors as for {@link #image}. */
  public Content loader(BundleLoader loader) throws IOException {
    return file(loader.file(), loader.sizeBytes(), loader.digest());
  }

  /**
   * The digests of an image's blocks, one after the other.
   *
   * @throws FormatException when there is none or it has the wrong size
   */
  public Content blockHashIndex(BundleImage image) throws IOException {
    Content index = file(image.file().orElse("") + BundlePayload.INDEX_SUFFIX);
    if (!image.adaptive() || index.sizeBytes() != BlockHashIndex.bytes(image.sizeBytes())) {
      throw new FormatException(
          name + ": the index of slot " + image.slot() + " has " + index.sizeBytes() + " bytes");
    }
    return index;
  }

  private Content file(String file) throws IOException {
    if (files().inode("/" + file).orElse(null) instanceof RegularFile found) {
      return found.content();
    }
    throw new FormatException(name + ": payload: lacks " + file + ", which the manifest names");
  }

  private Content file(String file, long sizeBytes, Digest digest) throws IOException {
    Content found = file(file);
    if (found.sizeBytes() != sizeBytes) {
      throw new FormatException(
          name
              + ": payload: "
              + file
              + ": found "
              + found.sizeBytes()
              + " bytes, the manifest says "
              + sizeBytes);
    }
    return Content.sparse(sizeBytes, digest, found.data(), found.source());
  }

  /**
   * Reads everything and checks it: all blocks of the payload by way of the files in it, and the
   * digests the manifest gives.
   *
   * @throws FormatException naming the first thing that does not fit
   */
  public void verify(Progress progress) throws IOException {
    byte[] buffer = new byte[1 << 20];
    try (Task task = progress.start("verifying", payload.size())) {
      for (long at = 0; at < payload.size(); ) {
        int count = (int) Math.min(buffer.length, payload.size() - at);
        payload.readFully(at, ByteBuffer.wrap(buffer, 0, count));
        task.advance(count);
        at += count;
      }
    }
    for (BundleImage image : manifest.images()) {
      if (image.file().isPresent()) {
        verify(image.file().get(), image(image), buffer, progress);
      }
      for (BundleDelta delta : image.deltas()) {
        verify(delta.file(), delta(delta), buffer, progress);
      }
    }
    for (BundleLoader loader : manifest.loaders()) {
      verify(loader.file(), loader(loader), buffer, progress);
    }
  }

  private void verify(String file, Content content, byte[] buffer, Progress progress)
      throws IOException {
    MessageDigest sha256 = Digest.sha256();
    try (Task task = progress.start("verifying " + file, content.sizeBytes());
        InputStream in = content.open()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        sha256.update(buffer, 0, count);
        task.advance(count);
      }
    }
    Digest found = Digest.finish(sha256);
    if (!found.equals(content.digest())) {
      throw new FormatException(
          name
              + ": payload: "
              + file
              + ": digest: found "
              + found
              + ", the manifest says "
              + content.digest());
    }
  }

  /** Closes nothing but what it has opened itself: the source stays open. */
  @Override
  public void close() throws IOException {
    payload.close();
  }
}
