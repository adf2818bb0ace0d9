// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.LockFile;
import dev.slipway.build.LastBuild.Seen;
import dev.slipway.disk.ImageFile;
import dev.slipway.progress.Progress;
import dev.slipway.spec.ImageSpec;
import dev.slipway.volume.ComposedVolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a build writes, and where.
 *
 * @param lock beside the specification
 * @param lockCopy beside the image
 */
record OutputFiles(Path image, Path manifest, Path lock, Path lockCopy) {
  static OutputFiles of(ImageSpec spec, Path specFile, Path directory) {
    Path lock = Finished.lockFile(specFile);
    return new OutputFiles(
        directory.resolve(spec.title() + ".img"),
        directory.resolve(spec.title() + ".json"),
        lock,
        directory.resolve(lock.getFileName()));
  }

  /** Puts what lies beside an image in place. */
  void describeImage(Manifest description, LockFile builtFrom) throws IOException {
    replace(manifest, description.bytes());
    replace(lockCopy, bytes(builtFrom));
  }

  /** The lock file is renewed last: a build that fails leaves it to the image that is there. */
  Seen renewLock(LockFile builtFrom) throws IOException {
    replace(lock, bytes(builtFrom));
    return Seen.of(lock, true);
  }

  private static byte[] bytes(LockFile lock) {
    return lock.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Puts a small file in place at once; one that says just this already stays as it is. */
  private static void replace(Path path, byte[] bytes) throws IOException {
    if (!Files.exists(path) || !Arrays.equals(Files.readAllBytes(path), bytes)) {
      var content = ComposedVolume.build(bytes.length, v -> v.bytes(0, bytes));
      ImageFile.of(content).write(path, Progress.none());
    }
  }
}
