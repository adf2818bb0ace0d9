// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A manifest as text, in RAUC's form. What RAUC has no words for stands in groups that it passes
 * over: {@code [meta.slipway]}, and one for each image and delta.
 *
 * <p>RAUC 1.8 refuses groups and keys it does not know, so nothing else may be added to its own.
 */
final class ManifestText {
  private static final String UPDATE = "update";
  private static final String BUNDLE = "bundle";
  private static final String VERITY = "verity";
  private static final String PLAIN = "plain";
  private static final String OURS = "meta.slipway";
  private static final String IMAGE = "image.";
  private static final String OUR_IMAGE = "meta.slipway-image-";
  private static final String OUR_DELTA = "meta.slipway-delta-";
  private static final String OUR_LOADER = "meta.slipway-loader-";
  private static final String ADAPTIVE = "block-hash-index;";
  private static final int FORMAT = 1;

  /** Where the payload's hash tree hangs. */
  record Tree(Digest root, byte[] salt, long sizeBytes) {}

  private ManifestText() {}

  /** The manifest of a plain bundle, which lies in its payload and is covered with it. */
  static byte[] writePlain(BundleManifest manifest) {
    return write(manifest, PLAIN, Optional.empty());
  }

  /**
   * The manifest of a verity bundle.
   *
   * @param tree nothing for the copy inside the payload
   */
  static byte[] writeVerity(BundleManifest manifest, Optional<Tree> tree) {
    return write(manifest, VERITY, tree);
  }

  private static byte[] write(BundleManifest manifest, String format, Optional<Tree> tree) {
    var file = new KeyFile("manifest");
    file.put(UPDATE, "compatible", manifest.compatible())
        .put(UPDATE, "version", manifest.version());
    file.put(BUNDLE, "format", format);
    tree.ifPresent(
        t ->
            file.put(BUNDLE, "verity-hash", t.root().hex())
                .put(BUNDLE, "verity-salt", HexFormat.of().formatHex(t.salt()))
                .put(BUNDLE, "verity-size", Long.toString(t.sizeBytes())));
    for (BundleImage image : manifest.images()) {
      if (image.file().isPresent()) {
        String group = IMAGE + image.slot();
        file.put(group, "sha256", image.digest().hex())
            .put(group, "size", Long.toString(image.sizeBytes()))
            .put(group, "filename", image.file().get());
        if (image.adaptive()) {
          file.put(group, "adaptive", ADAPTIVE);
        }
      }
    }
    file.put(OURS, "format", Integer.toString(FORMAT))
        .put(OURS, "sequence", Long.toString(manifest.sequence()))
        .put(OURS, "built", manifest.builtAt().toString());
    manifest.expiresAt().ifPresent(at -> file.put(OURS, "expires", at.toString()));
    if (!manifest.notes().isEmpty()) {
      file.put(OURS, "notes", manifest.notes());
    }
    for (BundleImage image : manifest.images()) {
      putOurs(file, image);
    }
    int number = 0;
    for (BundleLoader loader : manifest.loaders()) {
      String group = OUR_LOADER + number++;
      file.put(group, "kind", loader.kind().word())
          .put(group, "name", loader.name())
          .put(group, "filename", loader.file())
          .put(group, "size", Long.toString(loader.sizeBytes()))
          .put(group, "sha256", loader.digest().hex());
    }
    return file.bytes();
  }

  private static void putOurs(KeyFile file, BundleImage image) {
    String group = OUR_IMAGE + image.slot();
    file.put(group, "sha256", image.digest().hex())
        .put(group, "size", Long.toString(image.sizeBytes()));
    int number = 0;
    for (BundleDelta delta : image.deltas()) {
      String deltaGroup = OUR_DELTA + image.slot() + "-" + number++;
      file.put(deltaGroup, "from", delta.from().hex())
          .put(deltaGroup, "from-version", delta.fromVersion())
          .put(deltaGroup, "filename", delta.file())
          .put(deltaGroup, "size", Long.toString(delta.sizeBytes()))
          .put(deltaGroup, "sha256", delta.digest().hex());
    }
  }

  /** A manifest that was read, and where its payload's hash tree hangs. */
  record Read(BundleManifest manifest, Tree tree) {}

  /** Reads what is signed in a verity bundle. */
  static Read readVerity(byte[] bytes, String source) throws FormatException {
    KeyFile file = KeyFile.parse(bytes, source);
    if (!file.get(BUNDLE, "format").equals(VERITY)) {
      throw file.wrong(BUNDLE, "format", "verity; encrypted bundles are not read");
    }
    var tree =
        new Tree(
            digest(file, BUNDLE, "verity-hash"), salt(file), number(file, BUNDLE, "verity-size"));
    return new Read(manifest(file, source), tree);
  }

  /** Reads what lies in the payload of a plain bundle; RAUC leaves its format out. */
  static BundleManifest readPlain(byte[] bytes, String source) throws FormatException {
    KeyFile file = KeyFile.parse(bytes, source);
    if (!file.find(BUNDLE, "format").orElse(PLAIN).equals(PLAIN)) {
      throw file.wrong(BUNDLE, "format", "plain, as its signature is");
    }
    return manifest(file, source);
  }

  private static BundleManifest manifest(KeyFile file, String source) throws FormatException {
    try {
      if (!file.has(OURS)) {
        return foreign(file);
      }
      if (number(file, OURS, "format") != FORMAT) {
        throw file.wrong(OURS, "format", FORMAT + "; a newer slipway is needed to read it");
      }
      return manifest(file);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": " + e.getMessage(), e);
    }
  }

  /** As RAUC writes it. Images that a hook alone installs have no file, and are passed over. */
  private static BundleManifest foreign(KeyFile file) throws FormatException {
    var images = new ArrayList<BundleImage>();
    for (String group : file.groups()) {
      if (group.startsWith(IMAGE) && file.find(group, "filename").isPresent()) {
        images.add(
            new BundleImage(
                group.substring(IMAGE.length()),
                number(file, group, "size"),
                digest(file, group, "sha256"),
                file.find(group, "filename"),
                file.find(group, "adaptive").filter(text -> text.contains(ADAPTIVE)).isPresent(),
                List.of()));
      }
    }
    return new BundleManifest(
        file.get(UPDATE, "compatible"),
        file.find(UPDATE, "version").filter(text -> !text.isBlank()).orElse("unknown"),
        0,
        Instant.EPOCH,
        Optional.empty(),
        file.find(UPDATE, "description").orElse(""),
        images,
        true);
  }

  private static BundleManifest manifest(KeyFile file) throws FormatException {
    var images = new ArrayList<BundleImage>();
    for (String group : file.groups()) {
      if (group.startsWith(OUR_IMAGE)) {
        images.add(image(file, group.substring(OUR_IMAGE.length())));
      }
    }
    Optional<Instant> expires =
        file.find(OURS, "expires").isPresent()
            ? Optional.of(instant(file, OURS, "expires"))
            : Optional.empty();
    return new BundleManifest(
        file.get(UPDATE, "compatible"),
        file.get(UPDATE, "version"),
        number(file, OURS, "sequence"),
        instant(file, OURS, "built"),
        expires,
        file.find(OURS, "notes").orElse(""),
        images,
        false,
        loaders(file));
  }

  private static BundleImage image(KeyFile file, String slot) throws FormatException {
    String ours = OUR_IMAGE + slot;
    String theirs = IMAGE + slot;
    Digest digest = digest(file, ours, "sha256");
    long size = number(file, ours, "size");
    if (file.has(theirs)
        && (!digest.equals(digest(file, theirs, "sha256"))
            || size != number(file, theirs, "size"))) {
      throw file.wrong(theirs, "sha256", "the same as in [" + ours + "]: " + digest);
    }
    return new BundleImage(
        slot,
        size,
        digest,
        file.find(theirs, "filename"),
        file.find(theirs, "adaptive").filter(ADAPTIVE::equals).isPresent(),
        deltas(file, slot));
  }

  private static List<BundleLoader> loaders(KeyFile file) throws FormatException {
    var loaders = new ArrayList<BundleLoader>();
    for (int number = 0; file.has(OUR_LOADER + number); number++) {
      String group = OUR_LOADER + number;
      loaders.add(
          new BundleLoader(
              kind(file, group),
              file.get(group, "name"),
              file.get(group, "filename"),
              number(file, group, "size"),
              digest(file, group, "sha256")));
    }
    return loaders;
  }

  private static LoaderKind kind(KeyFile file, String group) throws FormatException {
    return switch (file.get(group, "kind")) {
      case "bios" -> LoaderKind.BIOS;
      case "efi" -> LoaderKind.EFI;
      default -> throw file.wrong(group, "kind", "bios or efi");
    };
  }

  private static List<BundleDelta> deltas(KeyFile file, String slot) throws FormatException {
    var deltas = new ArrayList<BundleDelta>();
    for (int number = 0; file.has(OUR_DELTA + slot + "-" + number); number++) {
      String group = OUR_DELTA + slot + "-" + number;
      deltas.add(
          new BundleDelta(
              digest(file, group, "from"),
              file.find(group, "from-version").orElse(""),
              file.get(group, "filename"),
              number(file, group, "size"),
              digest(file, group, "sha256")));
    }
    return deltas;
  }

  private static long number(KeyFile file, String group, String key) throws FormatException {
    String text = file.get(group, key);
    if (!text.matches("[0-9]{1,19}") || new BigInteger(text).bitLength() >= Long.SIZE) {
      throw file.wrong(group, key, "a number below 2^63");
    }
    return Long.parseLong(text);
  }

  private static Digest digest(KeyFile file, String group, String key) throws FormatException {
    try {
      return Digest.parse(file.get(group, key));
    } catch (IllegalArgumentException e) {
      throw file.wrong(group, key, "64 hexadecimal digits");
    }
  }

  private static byte[] salt(KeyFile file) throws FormatException {
    try {
      byte[] salt = HexFormat.of().parseHex(file.get(BUNDLE, "verity-salt"));
      if (salt.length == Digest.BYTES) {
        return salt;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw file.wrong(BUNDLE, "verity-salt", "64 hexadecimal digits");
  }

  private static Instant instant(KeyFile file, String group, String key) throws FormatException {
    try {
      return Instant.parse(file.get(group, key));
    } catch (DateTimeException e) {
      throw file.wrong(group, key, "a time such as 2026-01-01T00:00:00Z");
    }
  }
}
