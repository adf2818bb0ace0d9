// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/** Makes and applies deltas of arrays in a directory. */
record DeltaFiles(Path directory) {

  byte[] make(EditedImage pair, Profile profile, Executor executor) throws IOException {
    DeltaOptions options =
        DeltaOptions.of(directory)
            .withProfile(profile)
            .withExecutor(executor)
            .withMemory(Size.mib(8))
            .withDictionary(Size.mib(1));
    try (BlockDelta delta =
        BlockDelta.between(volume(pair.before()), volume(pair.after()), options, Progress.none())) {
      var out = new ByteArrayOutputStream();
      delta.writeTo(out);
      return out.toByteArray();
    }
  }

  private static Volume volume(byte[] bytes) {
    return Volume.of(BlockSource.bytes(bytes));
  }

  /** Makes the target in a new file, and returns it. */
  byte[] apply(byte[] before, byte[] delta) throws IOException {
    applyTo(target(), BlockSource.bytes(before), delta);
    byte[] bytes = Files.readAllBytes(target());
    Files.delete(target());
    return bytes;
  }

  Path target() {
    return directory.resolve("made");
  }

  Applied applyTo(Path file, BlockSource before, byte[] delta) throws IOException {
    try (Destination destination = Destination.file(file)) {
      return apply(before, delta, destination);
    }
  }

  Applied apply(BlockSource before, byte[] delta, Destination destination) throws IOException {
    return DeltaApplier.of(before, directory)
        .apply(new ByteArrayInputStream(delta), "delta", destination, Progress.none());
  }

  /** Removes what an apply that failed left to go on with. */
  void clear() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
