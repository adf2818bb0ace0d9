// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleDelta;
import dev.slipway.bundle.BundleImage;
import dev.slipway.delta.Applied;
import dev.slipway.delta.DeltaApplier;
import dev.slipway.delta.DeltaHeader;
import dev.slipway.delta.Destination;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The way to a release by a delta: whether this machine can go it, and going it. */
final class DeltaRoute {
  /** Left free beside what is kept: what health checks want to find by default. */
  private static final long SPARE_BYTES = 16L << 20;

  private final Bundle bundle;
  private final BundleImage image;
  private final BundleDelta delta;
  private final DeltaApplier applier;
  private final InstallOptions options;
  private final DeltaSpool spool;

  /** Known when the delta's header was read. */
  private long scratchBytes;

  /**
   * A way.
   *
   * @param running the slot that holds what the delta was made from
   */
  DeltaRoute(
      Bundle bundle,
      BundleImage image,
      BundleDelta delta,
      BlockSource running,
      InstallOptions options) {
    this.bundle = bundle;
    this.image = image;
    this.delta = delta;
    this.applier = DeltaApplier.of(running, options.state());
    this.options = options;
    this.spool = new DeltaSpool(options.state(), delta);
  }

  String fromVersion() {
    return delta.fromVersion();
  }

  /** The file that says how far the target is. */
  static Path state(Path directory) {
    return directory.resolve("delta.state");
  }

  /**
   * Why the delta cannot be applied on this machine, by its header; nothing when it can.
   *
   * @throws IOException when it cannot be read at this moment
   */
  Optional<String> objection() throws IOException {
    Optional<String> problem = objectionNow();
    if (problem.isPresent() && spool.isThere()) {
      spool.remove(); // it may be damaged, or take the room that is missing
      problem = objectionNow();
    }
    if (problem.isPresent()) {
      spool.remove();
    }
    return problem;
  }

  private Optional<String> objectionNow() throws IOException {
    DeltaHeader header;
    try (InputStream in = open()) {
      header = DeltaHeader.read(in, delta.file());
      requireFit(header);
    } catch (FormatException e) {
      return Optional.of(e.getMessage());
    }
    try {
      applier.check(header, delta.file());
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
    scratchBytes = header.scratchBytes();
    return Optional.empty();
  }

  /** What the signed manifest says of the delta is what it says itself. */
  private void requireFit(DeltaHeader header) throws FormatException {
    if (!header.sourceDigest().equals(delta.from())
        || !header.targetDigest().equals(image.digest())
        || header.targetBytes() != image.sizeBytes()) {
      throw new FormatException(
          delta.file()
              + ": leads from "
              + header.sourceDigest()
              + " to "
              + header.targetDigest()
              + " of "
              + header.targetBytes()
              + " bytes, the manifest says from "
              + delta.from()
              + " to "
              + image.digest()
              + " of "
              + image.sizeBytes());
    }
  }

  private InputStream open() throws IOException {
    Content content = bundle.delta(delta);
    if (!options.keepsFetched()) {
      return content.open();
    }
    long room = Files.getFileStore(options.state()).getUsableSpace();
    return spool.open(content, room - SPARE_BYTES - scratchBytes);
  }

  /**
   * Applies the delta to a slot. What was kept of it and leads nowhere is fetched again.
   *
   * @throws FormatException when it is not the delta that it should be
   */
  Applied apply(SystemDisk disk, Slot target, Progress progress) throws IOException {
    try {
      return attempt(disk, target, progress);
    } catch (FormatException e) {
      if (!spool.wasRead()) {
        throw e;
      }
      spool.remove();
      Files.deleteIfExists(state(options.state()));
      return attempt(disk, target, progress);
    }
  }

  private Applied attempt(SystemDisk disk, Slot target, Progress progress) throws IOException {
    String partition = SystemDisk.partitionOf(target);
    try (InputStream in = new PacedStream(open(), options.pace());
        Destination destination =
            Destination.inPlace(
                disk.partition(partition),
                disk.sink(partition),
                disk.name() + ": slot " + target,
                state(options.state()))) {
      return applier.apply(in, delta.file(), destination, progress);
    }
  }
}
