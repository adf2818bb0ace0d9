// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.store.Blob;
import dev.slipway.store.PackWriter;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Packages on their way through the sandbox, in two stages: the essential ones are configured while
 * all others are being unpacked.
 */
final class Assembly {
  private final UnpackedStore unpackedStore;
  private final RootfsOptions options;
  private final PackWriter pack;
  private final Consumer<Tree> whenUnpacked;

  private final LateDebs late = new LateDebs();
  private final List<PackageFile> first = new ArrayList<>();
  private final List<PackageFile> rest = new ArrayList<>();
  private final List<DebPackage> known;
  private final ConfigureScripts scripts;
  private final long bytes;

  /** Takes every package of the system, in any order. */
  Assembly(
      List<PackageFile> packages,
      UnpackedStore unpackedStore,
      RootfsOptions options,
      PackWriter pack,
      Consumer<Tree> whenUnpacked)
      throws IOException {
    this.unpackedStore = unpackedStore;
    this.options = options;
    this.pack = pack;
    this.whenUnpacked = whenUnpacked;
    var early = new ArrayList<PackageFile>();
    for (PackageFile file : packages) {
      if (file.about().divertsBeforeUnpacking()) {
        late.add(file.blob());
      } else {
        early.add(file);
      }
    }
    early.sort(PackageFile.ORDER);
    known = early.stream().map(PackageFile::about).toList();
    scripts = new ConfigureScripts(known);
    Set<DebPackage> essential = scripts.essential();
    early.forEach(file -> (essential.contains(file.about()) ? first : rest).add(file));
    bytes = packages.stream().mapToLong(PackageFile::installedBytes).sum();
  }

  /** The tree with everything configured. */
  Tree run(Sandbox sandbox, SandboxSettings settings, Progress progress) throws IOException {
    long total = unpackedBytes(first) + unpackedBytes(rest);
    try (Task task = progress.start("unpacking packages", total)) {
      return late.removedFrom(run(sandbox, settings, task, progress));
    }
  }

  private static long unpackedBytes(List<PackageFile> files) {
    return files.stream().map(PackageFile::blob).mapToLong(Blob::size).sum();
  }

  private Tree run(Sandbox sandbox, SandboxSettings settings, Task task, Progress progress)
      throws IOException {
    if (first.isEmpty()) {
      return sandbox.run(List.of(all(task)), settings, pack, progress);
    }
    List<UnpackedPackage> unpacked = unpackedStore.unpack(first, task);
    Tree early = laid(unpacked, unpacked);
    try {
      var stages =
          List.of(
              SandboxStage.of(early, scripts.first(options.preseed())),
              further(unpacked, early, task));
      return sandbox.run(stages, settings, pack, progress);
    } catch (NotByAdding e) {
      return sandbox.run(List.of(all(Task.NONE)), settings, pack, progress);
    }
  }

  /** Everything in one stage. */
  private SandboxStage all(Task task) {
    return stage(
        () -> {
          var unpacked = new ArrayList<>(unpackedStore.unpack(first, task));
          unpacked.addAll(unpackedStore.unpack(rest, task));
          Tree tree = late.addedTo(laid(unpacked, unpacked));
          whenUnpacked.accept(tree);
          var commands = new ArrayList<>(scripts.first(options.preseed()));
          commands.addAll(scripts.rest(late.paths(), options.preseed()));
          commands.addAll(options.commands());
          return new SandboxStage.Ready(tree, commands);
        });
  }

  /** The stage after that of the essential packages. */
  private SandboxStage further(List<UnpackedPackage> before, Tree early, Task task) {
    return stage(
        () -> {
          var unpacked = new ArrayList<>(before);
          unpacked.addAll(unpackedStore.unpack(rest, task));
          Tree tree = late.addedTo(laid(unpacked, before));
          if (StageAddition.of(early, tree).isEmpty()) {
            throw new NotByAdding();
          }
          whenUnpacked.accept(tree);
          var commands = new ArrayList<SandboxCommand>();
          if (tree.contains(DpkgDatabase.FURTHER_STATUS)) {
            commands.add(joinStatus());
          }
          commands.addAll(scripts.rest(late.paths(), options.preseed()));
          commands.addAll(options.commands());
          return new SandboxStage.Ready(tree, commands);
        });
  }

  private static SandboxCommand joinStatus() {
    String further = "/" + DpkgDatabase.FURTHER_STATUS;
    return SandboxCommand.of(
        "record the packages",
        "cat " + further + " >>/" + DpkgDatabase.DIRECTORY + "/status\nrm " + further + "\n");
  }

  private Tree laid(List<UnpackedPackage> packages, List<UnpackedPackage> inStatus)
      throws IOException {
    Set<DebPackage> listed = Set.copyOf(inStatus.stream().map(UnpackedPackage::about).toList());
    Tree tree =
        UnpackedRoot.of(
            packages,
            known,
            listed::contains,
            options.architecture(),
            pack,
            options.epochSeconds());
    return Rootfs.clamped(tree, options.epochSeconds());
  }

  private interface Maker {
    SandboxStage.Ready make() throws IOException;
  }

  private SandboxStage stage(Maker maker) {
    return new SandboxStage() {
      @Override
      public long contentBytes() {
        return bytes;
      }

      @Override
      public Ready make() throws IOException {
        return maker.make();
      }
    };
  }

  /** The other packages put something of the essential ones elsewhere. */
  private static final class NotByAdding extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
