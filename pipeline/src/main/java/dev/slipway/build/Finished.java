// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.build.LastBuild.Seen;
import dev.slipway.digest.Digest;
import dev.slipway.spec.ImageSpec;
import dev.slipway.spec.OwnEntry;
import dev.slipway.spec.OwnEntry.Kind;
import dev.slipway.store.Key;
import dev.slipway.store.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The memory of a finished build of one specification into one directory. */
record Finished(Key place) {
  static Finished of(Path specification, BuildOptions options) {
    return new Finished(
        Key.of("last build", 1)
            .with("specification", specification.toAbsolutePath().normalize().toString())
            .with("output", options.output().toAbsolutePath().normalize().toString()));
  }

  /** What was built last, if neither its inputs nor its outputs were touched since. */
  Optional<BuildResult> unchanged(Store store) throws IOException {
    Optional<Recorded> last = read(store);
    if (last.isEmpty() || !last.get().build().holds(tool(), last.get().nanos())) {
      return Optional.empty();
    }
    return Optional.of(result(last.get().build()));
  }

  /** What was built last, if it was built of just this and is still whole. */
  Optional<BuildResult> stillHolds(Store store, Key key) throws IOException {
    Optional<Recorded> last = read(store);
    if (last.isEmpty()
        || !last.get().build().key().equals(key.digest().hex())
        || !last.get().build().outputsHold()) {
      return Optional.empty();
    }
    return Optional.of(result(last.get().build()));
  }

  private static BuildResult result(LastBuild build) {
    List<Seen> outputs = build.outputs();
    return new BuildResult(
        outputs.get(0).path(),
        outputs.get(1).path(),
        outputs.get(2).path(),
        build.image(),
        build.usedBytes(),
        List.of());
  }

  private record Recorded(LastBuild build, long nanos) {}

  private Optional<Recorded> read(Store store) throws IOException {
    Optional<byte[]> bytes = store.result(place);
    if (bytes.isEmpty() || bytes.get().length < Long.BYTES) {
      return Optional.empty();
    }
    long nanos = ByteBuffer.wrap(bytes.get()).getLong();
    return LastBuild.parse(Arrays.copyOfRange(bytes.get(), Long.BYTES, bytes.get().length))
        .map(build -> new Recorded(build, nanos));
  }

  /**
   * Remembers what was just built. The time is that of the record alone; no output depends on it.
   */
  void record(
      Store store,
      ImageSpec spec,
      Key key,
      List<Path> outputs,
      Path lock,
      Digest image,
      long usedBytes)
      throws IOException {
    var inputs = new ArrayList<Seen>();
    for (Path layer : spec.layers()) {
      inputs.add(Seen.of(layer, true));
    }
    inputs.add(Seen.of(lock, true));
    for (OwnEntry entry : spec.own()) {
      if (entry.kind() instanceof Kind.CopyOf copy) {
        for (Path file : LastBuild.filesOf(copy.source())) {
          inputs.add(Seen.of(file, Files.isRegularFile(file)));
        }
      }
    }
    var written = new ArrayList<Seen>();
    for (Path output : outputs) {
      written.add(Seen.of(output, false));
    }
    byte[] build =
        new LastBuild(tool(), inputs, written, image, usedBytes, key.digest().hex()).bytes();
    long nanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    store.putResult(
        place, ByteBuffer.allocate(Long.BYTES + build.length).putLong(nanos).put(build).array());
  }

  /**
   * The version and, so that a changed program is not taken for the old one, the files it is loaded
   * from.
   */
  private static String tool() throws IOException {
    var text = new StringBuilder(Tool.VERSION);
    for (String entry :
        System.getProperty("java.class.path", "").split(java.io.File.pathSeparator)) {
      Path path = Path.of(entry);
      if (path.getFileName() != null
          && path.getFileName().toString().startsWith("slipway")
          && Files.isRegularFile(path)) {
        text.append(' ')
            .append(path.getFileName())
            .append(' ')
            .append(Files.size(path))
            .append(' ')
            .append(Files.getLastModifiedTime(path).toMillis());
      }
    }
    return text.toString();
  }
}
