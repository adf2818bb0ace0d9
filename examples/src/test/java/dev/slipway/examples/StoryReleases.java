// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import dev.slipway.build.BuildOptions;
import dev.slipway.build.BuildResult;
import dev.slipway.build.ImageBuild;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleOptions;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.delta.Profile;
import dev.slipway.disk.DiskLayout;
import dev.slipway.gpt.Gpt;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.signature.SigningKey;
import dev.slipway.spec.ImageSpec;
import dev.slipway.tree.Content;
import dev.slipway.update.Installer;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;

/** The releases of one kind of machine, {@code story}, and the bundles that lead to them. */
final class StoryReleases {
  /** When all of them were built; a number says which one is later. */
  static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

  /** For machines that go on after the host has stood still for some minutes. */
  static final String PATIENT_WATCHDOG = "watchdog: 600\n";

  /** Of bundles; what is built here has its packages' time. */
  private static final long LATER = Long.MAX_VALUE / 2;

  private final Path directory;
  private final Path machine;
  private final DevelopmentKeys keys;

  /**
   * In a directory.
   *
   * @param machine what all of them have beside {@code cloud.yaml}
   */
  StoryReleases(Path directory, DevelopmentKeys keys, String machine) throws IOException {
    this.directory = directory;
    this.keys = keys;
    this.machine = directory.resolve("machine.yaml");
    Files.writeString(
        this.machine,
        "extends: " + Path.of("cloud.yaml").toAbsolutePath() + "\nname: story\n" + machine);
  }

  static DevelopmentKeys newKeys(String name) throws Exception {
    return DevelopmentKeys.create(DevelopmentKeys.Kind.EC, name, TIME, 36_500, new SecureRandom());
  }

  /**
   * Builds the disk image of a release.
   *
   * @param more what it has beside the others
   */
  BuildResult build(String version, String more) throws Exception {
    Path place = Files.createDirectories(directory.resolve(version));
    Path spec = place.resolve("story.yaml");
    Files.writeString(spec, "extends: " + machine + "\nversion: '" + version + "'\n" + more);
    Path store =
        Path.of(System.getProperty("slipway.test.store", directory.resolve("store").toString()));
    return ImageBuild.of(ImageSpec.read(spec), BuildOptions.of(place, store)).run(Progress.none());
  }

  /** Builds a release and keeps what its slot holds, in a file. */
  Path slot(String version, String more) throws Exception {
    BuildResult built = build(version, more);
    Path slot = slot(built, version);
    Files.delete(built.image());
    return slot;
  }

  /** What the slot of an image holds, in a file. */
  Path slot(BuildResult built, String version) throws IOException {
    Path slot = directory.resolve(version + ".slot");
    try (BlockSource image = BlockSource.file(built.image())) {
      Gpt table = Gpt.read(image, version).table();
      long offset = table.offsetBytes(table.entry(DiskLayout.ROOT_A).orElseThrow());
      try (InputStream in = image.stream(offset, built.usedBytes())) {
        Files.copy(in, slot);
      }
    }
    return slot;
  }

  /** What bundles of a release say of it. */
  BundleRecipe recipe(String version) {
    return new BundleRecipe("story", version, TIME).sequence(LATER);
  }

  /** A bundle with the whole image of a release. */
  Path whole(String version, Path slot) throws IOException {
    try (BlockSource image = BlockSource.file(slot)) {
      return write(
          recipe(version).image(Installer.SLOT_CLASS, Volume.of(image)),
          keys.signer(),
          version + ".raucb");
    }
  }

  /** A bundle with nothing but the delta from an earlier release. */
  Path delta(String fromVersion, Path from, String version, Path to) throws IOException {
    return write(
        withDelta(recipe(version), fromVersion, from, version, to),
        keys.signer(),
        version + ".raucb");
  }

  /** Adds the delta from an earlier release. */
  BundleRecipe withDelta(
      BundleRecipe recipe, String fromVersion, Path from, String version, Path to)
      throws IOException {
    Path file = directory.resolve(fromVersion + "-" + version + ".delta");
    if (!Files.exists(file)) {
      DeltaOptions options = DeltaOptions.of(directory).withProfile(Profile.FAST);
      try (BlockSource old = BlockSource.file(from);
          BlockSource made = BlockSource.file(to);
          BlockDelta delta =
              BlockDelta.between(Volume.of(old), Volume.of(made), options, Progress.none())) {
        delta.write(file);
      }
    }
    Content target = Content.file(to);
    return recipe
        .target(Installer.SLOT_CLASS, target)
        .delta(Installer.SLOT_CLASS, Content.file(from).digest(), fromVersion, Content.file(file));
  }

  /** Signs a bundle and writes it. */
  Path write(BundleRecipe recipe, SigningKey signer, String name) throws IOException {
    Path file = directory.resolve(name);
    Bundle.write(recipe, signer, BundleOptions.zstd(2, directory), file, Progress.none());
    return file;
  }
}
