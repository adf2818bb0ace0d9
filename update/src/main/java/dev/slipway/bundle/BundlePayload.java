// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.delta.DeltaHeader;
import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Turns a recipe into a manifest and the tree of files it speaks of. Every image is read once. */
final class BundlePayload {
  static final String MANIFEST_NAME = "manifest.raucm";
  static final String INDEX_SUFFIX = ".block-hash-index";
  private static final int FROM_DIGITS = 16;

  private final BundleRecipe recipe;
  private final Path work;
  private final Progress progress;
  private final TreeBuilder files = Tree.empty().toBuilder();

  /** All files have the time of the build, so that the bytes are a function of the recipe. */
  private final Metadata metadata;

  private BundlePayload(BundleRecipe recipe, Path work, Progress progress) {
    this.recipe = recipe;
    this.work = work;
    this.progress = progress;
    this.metadata = Metadata.mode(0644).withMtime(recipe.builtAt().getEpochSecond(), 0);
  }

  /** The manifest, and the payload's tree with a copy of it. */
  record Made(BundleManifest manifest, Tree tree) {}

  /**
   * Reads the images.
   *
   * @param work a directory for the indexes, which stay there as long as the tree is used
   * @param text writes the manifest's copy inside the payload
   */
  static Made of(
      BundleRecipe recipe, Path work, Function<BundleManifest, byte[]> text, Progress progress)
      throws IOException {
    return new BundlePayload(recipe, work, progress).make(text);
  }

  private Made make(Function<BundleManifest, byte[]> text) throws IOException {
    var images = new ArrayList<BundleImage>();
    for (Map.Entry<String, BundleRecipe.Slot> entry : recipe.slots().entrySet()) {
      images.add(image(entry.getKey(), entry.getValue()));
    }
    BundleManifest manifest = recipe.manifest(images, loaders());
    put(MANIFEST_NAME, Content.bytes(text.apply(manifest)));
    files.put(TreePath.ROOT, new Node.Directory(metadata.withMode(0755)));
    return new Made(manifest, files.build());
  }

  private List<BundleLoader> loaders() {
    var loaders = new ArrayList<BundleLoader>();
    for (BundleRecipe.Loader loader : recipe.loaders()) {
      String file = "loader-" + loader.kind().word() + "-" + loader.name();
      put(file, loader.content());
      loaders.add(
          new BundleLoader(
              loader.kind(),
              loader.name(),
              file,
              loader.content().sizeBytes(),
              loader.content().digest()));
    }
    return loaders;
  }

  private void put(String name, Content content) {
    files.put(TreePath.of(name), new Node.RegularFile(metadata, content));
  }

  private BundleImage image(String slot, BundleRecipe.Slot parts) throws IOException {
    BundleImage image = imageAndDeltas(slot, parts);
    for (int i = 0; i < parts.deltas.size(); i++) {
      requireFit(image, image.deltas().get(i), parts.deltas.get(i).content());
    }
    return image;
  }

  private BundleImage imageAndDeltas(String slot, BundleRecipe.Slot parts) throws IOException {
    List<BundleDelta> deltas = deltas(slot, parts);
    if (parts.whole == null) {
      Content target =
          parts.target.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "slot " + slot + ": deltas alone need a target: the new image's digest"));
      return new BundleImage(
          slot, target.sizeBytes(), target.digest(), Optional.empty(), false, deltas);
    }
    String name = slot + ".img";
    long size = parts.whole.size();
    Content image;
    Path index = work.resolve(name + INDEX_SUFFIX);
    try (Task task = progress.start("reading " + name, size);
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(index))) {
      image = BlockHashIndex.write(new VolumeBytes(parts.whole), size, out, task);
    }
    if (parts.target.isPresent() && !parts.target.get().equals(image)) {
      throw new IllegalArgumentException(
          "slot "
              + slot
              + ": the image has digest "
              + image.digest()
              + ", not the target's "
              + parts.target.get().digest());
    }
    boolean adaptive = BlockHashIndex.fits(size);
    put(name, image);
    if (adaptive) {
      ByteSource source = ByteSource.file(index);
      put(name + INDEX_SUFFIX, Content.of(Files.size(index), Digest.of(source), source));
    }
    return new BundleImage(slot, size, image.digest(), Optional.of(name), adaptive, deltas);
  }

  /** A delta that leads elsewhere would only be found out on the machines. */
  private static void requireFit(BundleImage image, BundleDelta delta, Content content)
      throws IOException {
    String name = "slot " + image.slot() + ": the delta from " + delta.fromVersion();
    DeltaHeader header;
    try (InputStream in = content.open()) {
      header = DeltaHeader.read(in, name);
    }
    if (!header.sourceDigest().equals(delta.from())) {
      throw new FormatException(
          name
              + " was made for the image "
              + header.sourceDigest()
              + ", the bundle would say "
              + delta.from());
    }
    if (!header.targetDigest().equals(image.digest())
        || header.targetBytes() != image.sizeBytes()) {
      throw new FormatException(
          name
              + " makes the image "
              + header.targetDigest()
              + " of "
              + header.targetBytes()
              + " bytes, the slot's is "
              + image.digest()
              + " of "
              + image.sizeBytes());
    }
  }

  private List<BundleDelta> deltas(String slot, BundleRecipe.Slot parts) {
    var deltas = new ArrayList<BundleDelta>();
    for (BundleRecipe.Delta delta : parts.deltas) {
      String name = slot + ".from-" + delta.from().hex().substring(0, FROM_DIGITS) + ".delta";
      put(name, delta.content());
      deltas.add(
          new BundleDelta(
              delta.from(),
              delta.fromVersion(),
              name,
              delta.content().sizeBytes(),
              delta.content().digest()));
    }
    return deltas;
  }
}
