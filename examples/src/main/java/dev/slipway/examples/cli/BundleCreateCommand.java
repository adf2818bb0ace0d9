// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleManifest;
import dev.slipway.bundle.BundleOptions;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.bundle.Casync;
import dev.slipway.bundle.Swu;
import dev.slipway.bundle.SwuOptions;
import dev.slipway.digest.Digest;
import dev.slipway.fs.squashfs.SquashfsCompression;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.signature.SigningKey;
import dev.slipway.tree.Content;
import dev.slipway.update.BootLoaders;
import dev.slipway.update.Release;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "create",
    description = {
      "Makes a signed update from images and deltas.",
      "OUTPUT is a RAUC bundle; an update for SWUpdate when its name ends in .swu; a directory of indexes and chunks for casync when it ends in .castr.d.",
    })
final class BundleCreateCommand implements Callable<Integer> {
  private static final int DELTA_PARTS = 4;
  private static final String ROOTFS = "rootfs";
  private static final String SWU = ".swu";
  private static final String CASYNC = ".castr.d";

  @Parameters(paramLabel = "OUTPUT", description = "The bundle; replaced when the new one is good.")
  Path output;

  @Option(
      names = "--compatible",
      paramLabel = "NAME",
      description = "The machines it is for. Default: what the image for slot rootfs says.")
  String compatible;

  @Option(
      names = "--version-name",
      paramLabel = "VERSION",
      description = "What people call the release. Default: what the image says.")
  String versionName;

  @Option(
      names = "--sequence",
      paramLabel = "N",
      description =
          "Grows from release to release; machines refuse a lower one. Default: what the image says, else --time in seconds since 1970.")
  Long sequence;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description =
          "When it was built, such as 2026-01-01T00:00:00Z. Default: SOURCE_DATE_EPOCH, else now.")
  Instant time;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "From when on it must not be installed.")
  Instant expires;

  @Option(names = "--notes", paramLabel = "FILE", description = "Release notes, a text file.")
  Path notes;

  @Option(
      names = "--image",
      paramLabel = "SLOT=FILE[#PARTITION]",
      description = "The whole image for a slot; #PARTITION takes one out of a disk image.")
  Map<String, String> images = Map.of();

  @Option(
      names = "--target",
      paramLabel = "SLOT=FILE[#PARTITION]",
      description = "What deltas alone lead to; the image itself does not go in.")
  Map<String, String> targets = Map.of();

  @Option(
      names = "--delta",
      paramLabel = "SLOT,VERSION,OLD,FILE",
      description =
          "A delta from an earlier release: OLD is its image, or the 64 digits of its digest.")
  List<String> deltas = List.of();

  @Option(
      names = "--boot-loader",
      paramLabel = "DISK",
      description =
          "The boot loader goes in, too: that of this disk image. Machines try it once before they rely on it.")
  Path bootLoader;

  @Option(
      names = "--device",
      paramLabel = "SLOT=DEVICE",
      description = "For SWUpdate: where a slot's image goes.")
  Map<String, String> devices = Map.of();

  @Option(
      names = "--hardware",
      paramLabel = "REVISION",
      description = "For SWUpdate: a revision of the hardware. Default: 1.0.")
  List<String> hardware = List.of("1.0");

  @Option(names = "--key", paramLabel = "FILE", description = "The signer's key, PEM.")
  Path key;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The signer's certificate, then any others between it and the root, PEM.")
  Path certificate;

  @Option(
      names = "--compression",
      defaultValue = "ZSTD",
      description = "NONE, GZIP, XZ or ZSTD. Default: ${DEFAULT-VALUE}.")
  SquashfsCompression compression;

  @Option(
      names = "--format",
      defaultValue = "VERITY",
      description =
          "${COMPLETION-CANDIDATES}; PLAIN is for RAUC on machines that cannot do better. Default: ${DEFAULT-VALUE}.")
  BundleOptions.Format format;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many blocks to compress at once. Default: one for each processor.")
  Integer jobs;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var opened = new ArrayList<BlockSource>();
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      write(recipe(opened), progress);
    } finally {
      for (BlockSource source : opened) {
        source.close();
      }
    }
    return 0;
  }

  private BundleRecipe recipe(List<BlockSource> opened) throws IOException {
    Optional<Release> release = release(opened);
    var recipe =
        new BundleRecipe(
            said(compatible, release.map(Release::compatible), "--compatible"),
            said(versionName, release.map(Release::version), "--version-name"),
            buildTime());
    if (sequence != null) {
      recipe.sequence(sequence);
    } else if (release.isPresent()) {
      recipe.sequence(release.get().sequence());
    }
    if (expires != null) {
      recipe.expiresAt(expires);
    }
    if (notes != null) {
      recipe.notes(Files.readString(notes));
    }
    for (Map.Entry<String, String> image : images.entrySet()) {
      recipe.image(image.getKey(), Volume.of(ImageArgument.open(image.getValue(), opened)));
    }
    for (Map.Entry<String, String> target : targets.entrySet()) {
      BlockSource source = ImageArgument.open(target.getValue(), opened);
      recipe.target(
          target.getKey(),
          Content.of(source.size(), digest(source), () -> source.stream(0, source.size())));
    }
    for (String delta : deltas) {
      String[] parts = delta.split(",", DELTA_PARTS);
      if (parts.length < DELTA_PARTS) {
        throw new ParameterException(
            spec.commandLine(), "--delta needs SLOT,VERSION,OLD,FILE: " + delta);
      }
      Digest from =
          parts[2].matches("[0-9a-f]{64}")
              ? Digest.parse(parts[2])
              : digest(ImageArgument.open(parts[2], opened));
      recipe.delta(parts[0], from, parts[1], Content.file(Path.of(parts[3])));
    }
    if (bootLoader != null) {
      try (BlockSource disk = BlockSource.file(bootLoader)) {
        for (var loader : BootLoaders.in(disk, bootLoader.toString()).entrySet()) {
          for (var file : loader.getValue().entrySet()) {
            recipe.loader(loader.getKey(), file.getKey(), Content.bytes(file.getValue().readAll()));
          }
        }
      }
    }
    return recipe;
  }

  /** What the image that goes into a slot says of itself: machines will compare with that. */
  private Optional<Release> release(List<BlockSource> opened) throws IOException {
    String image = images.getOrDefault(ROOTFS, targets.get(ROOTFS));
    return image == null ? Optional.empty() : Release.in(ImageArgument.open(image, opened), image);
  }

  private String said(String option, Optional<String> image, String name) {
    if (option == null && image.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "give " + name + ": there is no image for slot " + ROOTFS + " that says it itself");
    }
    return option != null ? option : image.get();
  }

  private static Digest digest(BlockSource source) throws IOException {
    return Digest.of(() -> source.stream(0, source.size()));
  }

  private Instant buildTime() {
    if (time != null) {
      return time;
    }
    String epoch = System.getenv("SOURCE_DATE_EPOCH");
    return epoch == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : sourceDate(epoch);
  }

  static Instant sourceDate(String epoch) {
    if (!epoch.matches("[0-9]{1,11}")) {
      throw new IllegalArgumentException(
          "SOURCE_DATE_EPOCH: found \""
              + epoch
              + "\", expected seconds since 1970 such as 1767225600; or give --time");
    }
    return Instant.ofEpochSecond(Long.parseLong(epoch));
  }

  private void write(BundleRecipe recipe, ConsoleProgress progress) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    String name = output.getFileName().toString();
    if (name.endsWith(CASYNC)) {
      Casync.write(recipe, output, output.resolve("default.castr"), progress);
      out.println(output + ": an index for each image, chunks in default.castr; not signed");
    } else if (name.endsWith(SWU)) {
      Swu.write(
          recipe, signingKey(), new SwuOptions(hardware, Map.of("", devices)), output, progress);
      out.println(output + ": " + Size.bytes(Files.size(output)) + " for SWUpdate");
    } else {
      int threads = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
      Path work = output.toAbsolutePath().getParent();
      BundleManifest manifest =
          Bundle.write(
              recipe,
              signingKey(),
              new BundleOptions(format, compression, threads, work),
              output,
              progress);
      out.println(
          output
              + ": "
              + Size.bytes(Files.size(output))
              + ", "
              + manifest.compatible()
              + " "
              + manifest.version()
              + ", sequence "
              + manifest.sequence());
    }
    out.flush();
  }

  private SigningKey signingKey() throws IOException {
    if (key == null || certificate == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--key and --cert are needed to sign; \"slipway keys create DIR\" makes some to try");
    }
    return SigningKey.readPem(
        Files.readAllBytes(key),
        key.toString(),
        Files.readAllBytes(certificate),
        certificate.toString());
  }
}
