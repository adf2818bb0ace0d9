// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.digest.Digest;
import dev.slipway.tree.Content;
import dev.slipway.volume.Volume;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What shall go into a bundle, whatever its kind. Images go in the order they are added.
 *
 * <pre>{@code
 * BundleRecipe recipe = new BundleRecipe("robot-mk2", "1.1", buildTime)
 *     .image("rootfs", root)
 *     .delta("rootfs", oldDigest, "1.0", Content.file(delta));
 * }</pre>
 */
public final class BundleRecipe {
  /** A delta that was added. */
  record Delta(Digest from, String fromVersion, Content content) {}

  /** A file of the boot loader that was added. */
  record Loader(LoaderKind kind, String name, Content content) {}

  /** What was added for a slot; {@code whole} is null as long as there is no image. */
  static final class Slot {
    Volume whole;
    Optional<Content> target = Optional.empty();
    final List<Delta> deltas = new ArrayList<>();
  }

  private final String compatible;
  private final String version;
  private final Instant builtAt;
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final List<Loader> loaders = new ArrayList<>();
  private long sequence;
  private Optional<Instant> expiresAt = Optional.empty();
  private String notes = "";

  /**
   * Starts a recipe.
   *
   * @param compatible the machines it is for
   * @param version what people call the release
   * @param builtAt whole seconds; also the sequence number, unless one is given
   */
  public BundleRecipe(String compatible, String version, Instant builtAt) {
    this.compatible = compatible;
    this.version = version;
    this.builtAt = builtAt;
    this.sequence = builtAt.getEpochSecond();
  }

  /** Sets the number that grows from release to release. */
  public BundleRecipe sequence(long number) {
    sequence = number;
    return this;
  }

  public BundleRecipe expiresAt(Instant at) {
    expiresAt = Optional.of(at);
    return this;
  }

  public BundleRecipe notes(String text) {
    notes = text;
    return this;
  }

  /** Puts the whole image for a slot in. */
  public BundleRecipe image(String slot, Volume image) {
    slot(slot).whole = image;
    return this;
  }

  /**
   * Says what a slot shall hold without putting it in: for bundles of deltas alone.
   *
   * @param image only its size and digest are used
   */
  public BundleRecipe target(String slot, Content image) {
    slot(slot).target = Optional.of(image);
    return this;
  }

  /**
   * Adds a delta to a slot's image.
   *
   * @param from the digest of the image it starts from
   * @param fromVersion what that release was called
   */
  public BundleRecipe delta(String slot, Digest from, String fromVersion, Content delta) {
    slot(slot).deltas.add(new Delta(from, fromVersion, delta));
    return this;
  }

  /**
   * Adds a file of the boot loader, which machines start once before they rely on it.
   *
   * @param name {@link BundleLoader#CORE} for a BIOS, else the name beside the others
   */
  public BundleRecipe loader(LoaderKind kind, String name, Content content) {
    loaders.add(new Loader(kind, name, content));
    return this;
  }

  List<Loader> loaders() {
    return loaders;
  }

  private Slot slot(String name) {
    return slots.computeIfAbsent(name, unknown -> new Slot());
  }

  Map<String, Slot> slots() {
    return slots;
  }

  String compatible() {
    return compatible;
  }

  String version() {
    return version;
  }

  Instant builtAt() {
    return builtAt;
  }

  BundleManifest manifest(List<BundleImage> images, List<BundleLoader> loaderFiles) {
    return new BundleManifest(
        compatible, version, sequence, builtAt, expiresAt, notes, images, false, loaderFiles);
  }
}
