// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.build.LastBuild.Seen;
import dev.slipway.digest.Digest;
import dev.slipway.spec.ImageSpec;
import dev.slipway.spec.OwnEntry;
import dev.slipway.spec.OwnEntry.Kind;
import dev.slipway.store.Key;
import dev.slipway.store.Program;
import dev.slipway.store.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The memory of a finished build of one specification into one directory.
 *
 * @param lock the lock file beside the specification
 */
record Finished(Key place, Path lock) {
  static Finished of(Path specification, BuildOptions options) {
    return new Finished(
        Key.of("last build", 1)
            .with("specification", specification.toAbsolutePath().normalize().toString())
            .with("output", options.output().toAbsolutePath().normalize().toString()),
        lockFile(specification));
  }

  /** {@code robot.lock} beside {@code robot.yaml}. */
  static Path lockFile(Path specification) {
    String name = specification.getFileName().toString();
    return specification.resolveSibling(name.replaceFirst("\\.ya?ml$", "") + ".lock");
  }

  /** What was built last, if neither its inputs nor its outputs were touched since. */
  Optional<BuildResult> unchanged(Store store) throws IOException {
    Optional<Recorded> last = read(store);
    if (last.isEmpty() || !last.get().build().holds(Program.marks(), last.get().nanos())) {
      return Optional.empty();
    }
    return Optional.of(result(last.get().build()));
  }

  /** What was built last, if it was built of just this by this program and is still whole. */
  Optional<BuildResult> stillHolds(Store store, Key key) throws IOException {
    return whole(store, key).map(this::result);
  }

  private Optional<LastBuild> whole(Store store, Key key) throws IOException {
    Optional<LastBuild> last = read(store).map(Recorded::build);
    return last.isPresent()
            && last.get().tool().equals(Program.marks())
            && last.get().key().equals(key.digest().hex())
            && last.get().outputsHold()
        ? last
        : Optional.empty();
  }

  private BuildResult result(LastBuild build) {
    List<Seen> outputs = build.outputs();
    return new BuildResult(
        outputs.get(0).path(),
        outputs.get(1).path(),
        lock,
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
   * What a build is made of, as it was at an instant.
   *
   * @param nanos when that was; no output depends on it
   */
  record Inputs(List<Seen> seen, long nanos) {
    /**
     * Looks at the specification and its own files. That must be before the build reads them: a
     * file that is changed during the build then differs from the record.
     */
    static Inputs of(ImageSpec spec) throws IOException {
      long nanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
      var seen = new ArrayList<Seen>();
      for (Path layer : spec.layers()) {
        seen.add(Seen.of(layer, true));
      }
      for (OwnEntry entry : spec.own()) {
        if (entry.kind() instanceof Kind.CopyOf copy) {
          for (Path file : LastBuild.filesOf(copy.source())) {
            seen.add(file.equals(copy.source()) ? Seen.of(file, true) : Seen.inside(file));
          }
        }
      }
      if (spec.disk().recovery().isPresent()) {
        seen.add(Seen.of(spec.disk().recovery().get().keyring(), true));
      }
      return new Inputs(List.copyOf(seen), nanos);
    }

    /** These and one more that was seen later. */
    Inputs with(Seen more) {
      var all = new ArrayList<>(seen);
      all.add(more);
      return new Inputs(List.copyOf(all), nanos);
    }
  }

  /** Remembers what was just built. */
  void record(Store store, Inputs inputs, Key key, List<Path> outputs, Digest image, long usedBytes)
      throws IOException {
    var written = new ArrayList<Seen>();
    for (Path output : outputs) {
      written.add(Seen.of(output, false));
    }
    put(
        store,
        inputs,
        new LastBuild(
            Program.marks(), inputs.seen(), written, image, usedBytes, key.digest().hex()));
  }

  /** Remembers that what was built last is also what these inputs give. */
  void recordAgain(Store store, Inputs inputs, Key key) throws IOException {
    Optional<LastBuild> last = whole(store, key);
    if (last.isPresent()) {
      LastBuild l = last.get();
      put(
          store,
          inputs,
          new LastBuild(l.tool(), inputs.seen(), l.outputs(), l.image(), l.usedBytes(), l.key()));
    }
  }

  private void put(Store store, Inputs inputs, LastBuild build) throws IOException {
    byte[] bytes = build.bytes();
    store.putResult(
        place,
        ByteBuffer.allocate(Long.BYTES + bytes.length).putLong(inputs.nanos()).put(bytes).array());
  }
}
