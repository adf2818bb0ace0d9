// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleDelta;
import dev.slipway.bundle.BundleImage;
import dev.slipway.bundle.BundleManifest;
import dev.slipway.bundle.BundleOptions;
import dev.slipway.bundle.MachineState;
import dev.slipway.delta.Applied;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Installs a bundle into the slot that does not run.
 *
 * <pre>{@code
 * try (SystemDisk disk = SystemDisk.open(Path.of("/dev/vda"));
 *     Bundle bundle = Bundle.open(source, "update.raucb", policy)) {
 *   Installer.of(disk, options).install(bundle, progress);
 * }
 * }</pre>
 *
 * <p><b>In this order</b>, each step durable before the next: the slot is marked as not to be
 * started; its bytes are written, by the delta that fits the running slot or else from the whole
 * image; they are read back from the device and compared; the slot is made the first to be started,
 * with three tries. A cut at any moment leaves the running release in place, or the new one whole.
 * Installing the same bundle again goes on where the cut was.
 */
public final class Installer {
  /** The class of slots that bundles name their system image for. */
  public static final String SLOT_CLASS = "rootfs";

  private final SystemDisk disk;
  private final InstallOptions options;

  private Installer(SystemDisk disk, InstallOptions options) {
    this.disk = disk;
    this.options = options;
  }

  public static Installer of(SystemDisk disk, InstallOptions options) {
    return new Installer(disk, options);
  }

  /** What is to be done, known before anything is touched. */
  private record Job(
      Slot target,
      BundleImage image,
      Optional<DeltaRoute> delta,
      Optional<String> problem,
      Path directory) {}

  /**
   * Installs.
   *
   * @throws RefusedException when the bundle does not fit this machine or its state
   * @throws CancelledException when the pace says so; the next run goes on
   */
  public Installed install(Bundle bundle, Progress progress) throws IOException {
    Files.createDirectories(options.state());
    try (UpdateLock lock = UpdateLock.take(options.state())) {
      return installAlone(bundle, progress);
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted() && !(e instanceof CancelledException)) {
        // an interrupt closes the channel that is in use
        var cancelled = new CancelledException();
        cancelled.addSuppressed(e);
        throw cancelled;
      }
      throw e;
    }
  }

  private Installed installAlone(Bundle bundle, Progress progress) throws IOException {
    BootState state = disk.store().read();
    Job job = job(bundle, state, progress);
    var loaders = new LoaderUpdate(disk, bundle, progress);
    loaders.check();
    InstallState work = begin(job);
    Installed done = write(bundle, job, work, progress);
    verify(job, progress);
    loaders.write();
    // one write makes both count: the slot that is started next, and the boot loader that does so
    disk.changeState(now -> loaders.tried(now.primary(job.target())));
    InstallState.remove(job.directory());
    DeltaSpool.remove(job.directory());
    return done.withLoaders(loaders.sentences());
  }

  /** When it fails, what was written is not believed any more: the next run starts anew. */
  private void verify(Job job, Progress progress) throws IOException {
    try {
      SlotWriter.verify(
          disk.fromDevice(SystemDisk.partitionOf(job.target())),
          job.image().sizeBytes(),
          job.image().digest(),
          disk.name() + ": slot " + job.target(),
          options.pace(),
          progress);
    } catch (CancelledException e) {
      throw e;
    } catch (IOException e) {
      if (!Thread.currentThread().isInterrupted()) {
        InstallState.remove(job.directory());
        Files.deleteIfExists(DeltaRoute.state(job.directory()));
      }
      throw e;
    }
  }

  private Job job(Bundle bundle, BootState state, Progress progress) throws IOException {
    if (bundle.format() != BundleOptions.Format.VERITY) {
      throw new RefusedException(
          "the bundle is a plain one, whose payload nothing protects while it is read; make a verity"
              + " bundle, or install it with rauc");
    }
    BundleManifest manifest = bundle.manifest();
    Slot running = SystemDisk.runningSlot(options.running(), state);
    Slot target = running.other();
    if (!state.slots().containsKey(target)) {
      throw new RefusedException(
          disk.name() + ": there is no slot beside the running one; this disk cannot be updated");
    }
    requireConfirmed(state, running);
    requireFit(manifest, Release.in(disk.slot(running), disk.name() + ": slot " + running));
    BundleImage image = image(manifest);
    requireRoom(image, target);
    Optional<DeltaRoute> delta = delta(bundle, image, running, progress);
    Optional<String> problem = delta.isEmpty() ? Optional.empty() : delta.get().objection();
    if (problem.isPresent() && image.file().isEmpty()) {
      throw new RefusedException(problem.get() + "; the bundle lacks the whole image");
    }
    return new Job(
        target, image, problem.isPresent() ? Optional.empty() : delta, problem, options.state());
  }

  /** The system's image. One for other slots must not be passed over: it belongs to the release. */
  private static BundleImage image(BundleManifest manifest) throws RefusedException {
    List<String> others =
        manifest.images().stream()
            .map(BundleImage::slot)
            .filter(s -> !s.equals(SLOT_CLASS))
            .toList();
    if (!others.isEmpty()) {
      throw new RefusedException(
          "the bundle has images for slots "
              + String.join(", ", others)
              + ", and this machine has slots "
              + SLOT_CLASS
              + " alone; make a bundle without them, or install it with rauc");
    }
    return manifest.image(SLOT_CLASS).orElseThrow(); // no bundle is without an image
  }

  private void requireRoom(BundleImage image, Slot target) throws IOException {
    long room = disk.slot(target).size();
    if (image.sizeBytes() > room) {
      throw new RefusedException(
          "the image has "
              + Size.bytes(image.sizeBytes())
              + ", slot "
              + target
              + " holds "
              + Size.bytes(room));
    }
  }

  /** The only release that is known to work is never overwritten. */
  private void requireConfirmed(BootState state, Slot running) throws RefusedException {
    if (options.running().isPresent()
        && state.lastGood().isPresent()
        && state.lastGood().get() != running) {
      throw new RefusedException(
          "slot "
              + running
              + " runs and is not confirmed yet, and slot "
              + running.other()
              + " is the one that is known to work; wait for the health checks, or say \"mark good\"");
    }
  }

  /** A release that does not say what it is fits every bundle; an expired one is refused anyhow. */
  private void requireFit(BundleManifest manifest, Optional<Release> running)
      throws RefusedException {
    var machine =
        new MachineState(
            running.map(Release::compatible).orElse(manifest.compatible()),
            running.map(Release::sequence),
            running.map(Release::version),
            options.now(),
            running.map(Release::builtAt).orElse(Instant.EPOCH));
    Optional<String> objection = machine.objection(manifest, options.allowOlder());
    if (objection.isPresent()) {
      throw new RefusedException(objection.get());
    }
  }

  /** The delta that starts from what runs, if there is one. */
  private Optional<DeltaRoute> delta(
      Bundle bundle, BundleImage image, Slot running, Progress progress) throws IOException {
    if (image.deltas().isEmpty()) {
      return Optional.empty();
    }
    String name = disk.name() + ": slot " + running;
    BlockSource slot = disk.slot(running);
    Optional<Long> bytes = Release.imageBytes(slot, name);
    Optional<BundleDelta> found = Optional.empty();
    if (bytes.isPresent() && bytes.get() <= slot.size()) {
      found = image.deltaFrom(digest(slot, bytes.get(), progress));
    }
    if (found.isEmpty() && image.file().isEmpty()) {
      throw new RefusedException(
          "the bundle has only deltas, from "
              + image.deltas().stream().map(BundleDelta::fromVersion).toList()
              + ", and slot "
              + running
              + " holds none of these");
    }
    return found.map(delta -> new DeltaRoute(bundle, image, delta, slot, options));
  }

  private Digest digest(BlockSource slot, long bytes, Progress progress) throws IOException {
    try (var task = progress.start("reading the running release", bytes);
        InputStream in = slot.stream(0, bytes)) {
      var sha256 = Digest.sha256();
      byte[] buffer = new byte[1 << 20];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        options.pace().check();
        sha256.update(buffer, 0, count);
        task.advance(count);
      }
      return Digest.finish(sha256);
    }
  }

  /** Takes the slot away from the boot loader, and finds out whether an earlier run can go on. */
  private InstallState begin(Job job) throws IOException {
    InstallState fresh = new InstallState(job.target(), job.image().digest(), 0);
    InstallState work =
        InstallState.read(job.directory())
            .filter(left -> left.slot() == job.target() && left.image().equals(fresh.image()))
            .filter(left -> left.doneBytes() <= job.image().sizeBytes())
            .orElse(fresh);
    disk.changeState(state -> state.installing(job.target()));
    if (work == fresh) {
      Files.deleteIfExists(DeltaRoute.state(job.directory()));
      work.write(job.directory());
    }
    if (job.delta().isEmpty()) {
      DeltaSpool.remove(job.directory()); // of another update, or of a delta that was given up
    }
    return work;
  }

  private Installed write(Bundle bundle, Job job, InstallState work, Progress progress)
      throws IOException {
    String version = bundle.manifest().version();
    String partition = SystemDisk.partitionOf(job.target());
    Optional<String> problem = job.problem();
    if (job.delta().isPresent()) {
      DeltaRoute delta = job.delta().get();
      try {
        Applied applied = delta.apply(disk, job.target(), progress);
        return new Installed(
            job.target(),
            version,
            Optional.of(delta.fromVersion()),
            Optional.empty(),
            applied.writtenBytes(),
            List.of(),
            disk.isReadFromDevice());
      } catch (FormatException e) {
        if (job.image().file().isEmpty()) {
          throw e;
        }
        Files.deleteIfExists(DeltaRoute.state(job.directory()));
        DeltaSpool.remove(job.directory());
        problem = Optional.of(e.getMessage());
      }
    }
    var writer =
        new SlotWriter(
            disk.partition(partition), disk.sink(partition), job.directory(), options.pace());
    long written = writer.write(bundle.image(job.image()), work, progress);
    return new Installed(
        job.target(),
        version,
        Optional.empty(),
        problem,
        written,
        List.of(),
        disk.isReadFromDevice());
  }
}
