// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.tree.Content;
import dev.slipway.volume.Volume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** What the tests of this package share. */
final class Samples {
  static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  static final DevelopmentKeys KEYS =
      DevelopmentKeys.create(DevelopmentKeys.Kind.RSA, "Test", TIME, 36_500, new SecureRandom());
  private static final byte[] OLD_IMAGE = image(50, 9);
  static final Digest OLD = Digest.of(OLD_IMAGE);

  private Samples() {}

  static CmsPolicy policy() {
    return CmsPolicy.trusting(List.of(KEYS.authority()), TIME, TIME);
  }

  /** Half of it can be compressed, some of it is zeros. */
  static byte[] image(int blocks, long seed) {
    byte[] bytes = new byte[blocks * BlockHashIndex.BLOCK_BYTES];
    new Random(seed).nextBytes(bytes);
    for (int at = bytes.length / 2; at < bytes.length; at++) {
      bytes[at] = (byte) (at >= bytes.length * 3 / 4 ? 0 : at / 100);
    }
    return bytes;
  }

  static Volume volume(byte[] bytes) {
    return Volume.of(BlockSource.bytes(bytes));
  }

  static BundleRecipe recipe() {
    return new BundleRecipe("robot-mk2", "1.1", TIME)
        .notes("First line.\n\tSecond; with \\ and ünïcödé.\n")
        .expiresAt(TIME.plusSeconds(86_400))
        .image("rootfs", volume(image(100, 1)))
        .delta("rootfs", OLD, "1.0", delta(image(100, 1)))
        .image("bootloader", volume(image(3, 2)));
  }

  /** What makes an image from the old one. */
  static Content delta(byte[] image) {
    try {
      Path work = Files.createTempDirectory("delta");
      try (BlockDelta delta =
              BlockDelta.between(
                  volume(OLD_IMAGE), volume(image), DeltaOptions.of(work), Progress.none());
          var out = new ByteArrayOutputStream()) {
        delta.writeTo(out);
        return Content.bytes(out.toByteArray());
      } finally {
        Files.delete(work);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path write(BundleRecipe recipe, Path directory) throws IOException {
    Path target = directory.resolve("update.raucb");
    Bundle.write(recipe, KEYS.signer(), BundleOptions.zstd(2, directory), target, Progress.none());
    return target;
  }
}
