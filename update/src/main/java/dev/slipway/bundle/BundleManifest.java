// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a bundle says about itself.
 *
 * @param compatible the machines it is for, as one word that those machines know
 * @param version what people call the release
 * @param sequence grows from release to release: this number, not the version, tells whether an
 *     update would go back
 * @param builtAt when it was built; a machine may take it for a moment that has passed
 * @param expiresAt from when on it must not be installed any more
 * @param notes release notes, any number of lines
 * @param images at least one, of different slots
 * @param foreign whether another tool than ours made it: then sequence and build time are 0 and say
 *     nothing, and there may be more to it that we do not know, such as hooks
 * @param loaders the files of the boot loader; none when that shall stay what it is
 */
public record BundleManifest(
    String compatible,
    String version,
    long sequence,
    Instant builtAt,
    Optional<Instant> expiresAt,
    String notes,
    List<BundleImage> images,
    boolean foreign,
    List<BundleLoader> loaders) {
  /** The smallest manifests have to fit CMS messages that devices read: 64 KiB by default. */
  static final int NOTES_CHARS_MAX = 1 << 14;

  /** A core image, and shim, GRUB, key manager, script and one more. */
  private static final int LOADERS_MAX = 6;

  public BundleManifest {
    requireLine("compatible", compatible);
    requireLine("version", version);
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence number is not negative: " + sequence);
    }
    requireSeconds("builtAt", builtAt);
    expiresAt.ifPresent(at -> requireSeconds("expiresAt", at));
    Objects.requireNonNull(notes, "notes");
    if (notes.length() > NOTES_CHARS_MAX) {
      throw new IllegalArgumentException(
          "release notes of " + notes.length() + " characters; at most " + NOTES_CHARS_MAX);
    }
    images = List.copyOf(images);
    if (images.isEmpty()) {
      throw new IllegalArgumentException("a bundle without an image updates nothing");
    }
    loaders = List.copyOf(loaders);
    if (loaders.size() > LOADERS_MAX) {
      throw new IllegalArgumentException(
          "a boot loader of " + loaders.size() + " files; at most " + LOADERS_MAX);
    }
    var names = new HashSet<String>();
    for (BundleLoader loader : loaders) {
      // FAT does not tell them apart either
      if (!names.add(loader.kind() + " " + loader.name().toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("two boot loader files " + loader.name());
      }
    }
    var slots = new HashSet<String>();
    for (BundleImage image : images) {
      if (!slots.add(image.slot())) {
        throw new IllegalArgumentException("two images for slot " + image.slot());
      }
    }
  }

  /** A manifest that leaves the boot loader what it is. */
  public BundleManifest(
      String compatible,
      String version,
      long sequence,
      Instant builtAt,
      Optional<Instant> expiresAt,
      String notes,
      List<BundleImage> images,
      boolean foreign) {
    this(compatible, version, sequence, builtAt, expiresAt, notes, images, foreign, List.of());
  }

  private static void requireLine(String name, String value) {
    if (value.isBlank() || !value.equals(value.strip()) || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(
          name + " must be one line without blanks around it: \"" + value + "\"");
    }
  }

  private static void requireSeconds(String name, Instant at) {
    if (at.getNano() != 0) {
      throw new IllegalArgumentException(name + " must be whole seconds: " + at);
    }
  }

  /** A plain name, so that it never leads anywhere. */
  static void requireFileName(String file) {
    if (!file.matches("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}")) {
      throw new IllegalArgumentException(
          "a file's name has 1 to 200 letters, digits and _ . + -: \"" + file + "\"");
    }
  }

  /** The image for a class of slots. */
  public Optional<BundleImage> image(String slot) {
    return images.stream().filter(image -> image.slot().equals(slot)).findFirst();
  }
}
