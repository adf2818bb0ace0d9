// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.LockFile;
import dev.slipway.apt.Platform;
import dev.slipway.arrange.Accounts;
import dev.slipway.arrange.Stamp;
import dev.slipway.boot.RecoveryBurn;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.ImageFile;
import dev.slipway.disk.WrittenImage;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.rootfs.IdTable;
import dev.slipway.rootfs.Rootfs;
import dev.slipway.rootfs.RootfsOptions;
import dev.slipway.rootfs.RootfsResult;
import dev.slipway.rootfs.Sandbox;
import dev.slipway.rootfs.SandboxCommand;
import dev.slipway.signature.Pem;
import dev.slipway.spec.DiskSettings.Initramfs;
import dev.slipway.spec.DiskSettings.Layout;
import dev.slipway.spec.ImageSpec;
import dev.slipway.spec.RecoverySettings;
import dev.slipway.store.Blob;
import dev.slipway.store.Key;
import dev.slipway.store.Store;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Builds the image of a specification.
 *
 * <pre>{@code
 * ImageSpec spec = ImageSpec.read(Path.of("robot.yaml"));
 * BuildResult built = ImageBuild.of(spec, BuildOptions.of(Path.of("out"), store)).run(progress);
 * }</pre>
 *
 * <p>Each step is run only when one of its inputs changed, and nothing appears under its final name
 * before it is whole. Packages are those of the lock file beside the specification; the first build
 * writes it.
 */
public final class ImageBuild {
  private static final String ROOTFS = "root file system";
  private static final String SYSTEM = "system";
  private static final String TOOLS = BootTools.STEP;
  private static final String IMAGE = "image";

  private final ImageSpec spec;
  private final BuildOptions options;
  private final Sandbox sandbox;
  private final OutputFiles files;

  private ImageBuild(ImageSpec spec, BuildOptions options, Sandbox sandbox) {
    this.spec = spec;
    this.options = options;
    this.sandbox = sandbox;
    this.files = OutputFiles.of(spec, specFile(), options.output());
  }

  /** The build of a specification that was read from a file. */
  public static ImageBuild of(ImageSpec spec, BuildOptions options) {
    if (spec.layers().isEmpty()) {
      throw new IllegalArgumentException(
          "the specification has no file, so there is no place for its lock file");
    }
    return new ImageBuild(spec, options, Sandbox.best());
  }

  /** The same with another door to where scripts run. The image does not depend on it. */
  public ImageBuild withSandbox(Sandbox door) {
    return new ImageBuild(spec, options, door);
  }

  /**
   * Reads a specification and returns its build.
   *
   * @throws dev.slipway.spec.SpecException with every problem, its line and its column
   */
  public static ImageBuild read(Path specification, BuildOptions options) throws IOException {
    return of(ImageSpec.read(specification), options);
  }

  /**
   * Whether a finished build of this specification is still right, found out without doing any of
   * it: in a fraction of a second.
   */
  public static Optional<BuildResult> unchanged(Path specification, BuildOptions options)
      throws IOException {
    if (options.update() || !Files.isDirectory(options.store())) {
      return Optional.empty();
    }
    try (Store store = Store.open(options.store())) {
      return Finished.of(specification, options).unchanged(store);
    }
  }

  private Path specFile() {
    return spec.layers().get(spec.layers().size() - 1);
  }

  private Platform platform() throws BuildException {
    try {
      return Platform.of(spec.distribution(), spec.suite(), spec.architecture());
    } catch (IllegalArgumentException e) {
      throw new BuildException(e.getMessage(), e);
    }
  }

  /** Says before anything else which keys of a specification do not go together. */
  private void requireSupported() throws IOException {
    if (spec.disk().layout() == Layout.OSTREE && spec.disk().initramfs() != Initramfs.SLIPWAY) {
      throw new BuildException(
          "initramfs: deployments of ostree are started by our own; leave it at slipway");
    }
    if (spec.disk().recovery().isPresent()) {
      Path keyring = spec.disk().recovery().get().keyring();
      // a file that is none would be noticed by nobody before a machine needs it
      Pem.certificates(Files.readAllBytes(keyring), "recovery.keyring: " + keyring);
    }
  }

  /** Builds whatever is not there yet. */
  public BuildResult run(Progress progress) throws IOException {
    requireSupported();
    Files.createDirectories(options.output());
    try (Store store = Store.open(options.store())) {
      var steps = new Steps(store, specFile().toAbsolutePath().normalize().toString());
      var finished = Finished.of(specFile(), options);
      Finished.Inputs seen = Finished.Inputs.of(spec);
      var prepared = prepare(store, steps, progress);
      Key key = imageKey(prepared);
      Optional<BuildResult> there = finished.stillHolds(store, key);
      if (there.isPresent() && !options.update()) {
        steps.report(IMAGE, key, true);
        finished.recordAgain(store, seen.with(files.renewLock(prepared.lock())), key);
        return new BuildResult(
            files.image(),
            files.manifest(),
            files.lock(),
            there.get().digest(),
            there.get().usedBytes(),
            steps.reports());
      }
      return write(store, steps, finished, seen, prepared, key, progress);
    }
  }

  /**
   * Writes the root file system of the packages alone: as a tar archive if the name ends in {@code
   * .tar}, else as a directory.
   *
   * @return how many entries it has
   */
  public int writeRootfs(Path output, Progress progress) throws IOException {
    try (Store store = Store.open(options.store())) {
      var steps = new Steps(store, specFile().toAbsolutePath().normalize().toString());
      LockFile lock = lock(store, progress);
      Tree tree = configured(store, steps, lock, BesideScripts.nothing(), progress).tree();
      RootfsOutput.write(tree, output, progress);
      return tree.size();
    }
  }

  /**
   * What a build would do. Asks the archives when there is no lock file that answers the
   * specification, but writes none.
   */
  public Plan plan(Progress progress) throws IOException {
    requireSupported();
    try (Store store = Store.open(options.store())) {
      var steps = new Steps(store, specFile().toAbsolutePath().normalize().toString());
      Optional<LockFile> old = LockFile.read(files.lock());
      var choice = new PackageChoice(spec, platform(), store, options);
      Optional<String> reason = choice.reasonToChoose(old);
      LockFile lock = reason.isPresent() ? choice.choose(old, progress) : old.orElseThrow();
      var reports = new ArrayList<StepReport>();
      reports.add(new StepReport("packages", reason.isEmpty(), reason.stream().toList()));
      Key rootfs = rootfsKey(lock);
      boolean there = steps.foresee(ROOTFS, rootfs);
      Key tools = bootTools(store, lock).key();
      there &= steps.foresee(TOOLS, tools);
      Key system = systemTree(lock).key(rootfs);
      there &= steps.foresee(SYSTEM, system);
      Optional<DiskImage> disk =
          there ? foreseen(store, steps, lock, system, progress) : Optional.empty();
      Key image = imageKey(system, tools, time(lock));
      boolean whole =
          there && Finished.of(specFile(), options).stillHolds(store, image).isPresent();
      steps.report(IMAGE, image, whole);
      reports.addAll(steps.reports());
      return new Plan(spec.title() + ": " + lock.image().size() + " packages", reports, disk);
    }
  }

  /** The disk, if all it is made of is in the store. */
  private Optional<DiskImage> foreseen(
      Store store, Steps steps, LockFile lock, Key systemKey, Progress progress)
      throws IOException {
    BootTools boot = bootTools(store, lock);
    Tree system = steps.kept(systemKey).orElseThrow();
    Tree tools = steps.kept(boot.key()).orElseThrow();
    var prepared = new Prepared(lock, system, systemKey, tools, boot, time(lock));
    Kernel kernel = Kernel.of(system, platform().kernelPackage());
    Optional<RecoveryStep> recovery = recovery(kernel, prepared);
    boolean kept =
        initramfs(store, kernel, prepared, progress).isKept()
            && (recovery.isEmpty() || recovery.get().isKept(steps));
    return kept
        ? Optional.of(planned(store, steps, kernel, prepared, progress).disk())
        : Optional.empty();
  }

  /**
   * What a build would do.
   *
   * @param disk the disk it would write; known once a build has made all that goes onto it
   */
  public record Plan(String title, List<StepReport> steps, Optional<DiskImage> disk) {
    public Plan {
      steps = List.copyOf(steps);
    }
  }

  /** Everything an image is made of. */
  private record Prepared(
      LockFile lock,
      Tree system,
      Key systemKey,
      Tree tools,
      BootTools bootTools,
      long timeSeconds) {}

  private Prepared prepare(Store store, Steps steps, Progress progress) throws IOException {
    LockFile chosen = lock(store, progress);
    BootTools tools = bootTools(store, chosen);
    try (var beside = beside(store, steps, chosen, tools, progress)) {
      RootfsResult configured = configured(store, steps, chosen, beside, progress);
      LockFile known = LockedAccounts.with(chosen, configured.tree());
      SystemTree system = systemTree(known);
      Tree tree =
          steps.tree(
              SYSTEM,
              system.key(rootfsKey(chosen)),
              () ->
                  system.of(
                      configured.tree(),
                      (before, scripts) -> commands(store, before, scripts, known, progress)));
      LockFile complete = LockedAccounts.with(known, tree);
      // With every number locked the same trees have other names; the next build asks for those.
      Key rootfsKey = rootfsKey(complete);
      steps.alias(ROOTFS, rootfsKey(chosen), rootfsKey);
      Key systemKey = systemTree(complete).key(rootfsKey);
      steps.alias(SYSTEM, system.key(rootfsKey(chosen)), systemKey);
      Tree boot = steps.tree(TOOLS, tools.key(), beside::tools);
      beside.settle();
      return new Prepared(complete, tree, systemKey, boot, tools, time(complete));
    }
  }

  private BesideScripts beside(
      Store store, Steps steps, LockFile lock, BootTools bootTools, Progress progress) {
    return new BesideScripts(
        bootTools.aside(store, steps, tree -> disk(steps, tree, bootTools), progress),
        (packages, tools) -> {
          if (spec.disk().initramfs() == Initramfs.SLIPWAY) {
            new InitramfsStep(
                    store,
                    Kernel.of(packages, platform().kernelPackage()),
                    Initramfs.SLIPWAY,
                    packages,
                    rootfsKey(lock),
                    tools,
                    bootTools.key(),
                    (tree, scripts) -> commands(store, tree, scripts, lock, progress))
                .early(steps, progress);
          }
        });
  }

  private ImageDisk disk(Steps steps, Tree tree, BootTools tools) throws BuildException {
    return new ImageDisk(
        spec,
        platform(),
        tree,
        tools.timeSeconds(),
        (prefix, script, maker) ->
            steps.quietly(
                Key.of("core image", 2)
                    .with("tool", Tool.id())
                    .with("prefix", prefix)
                    .with("script", script)
                    .with("boot loaders and tools", tools.key()),
                maker));
  }

  private LockFile lock(Store store, Progress progress) throws IOException {
    Optional<LockFile> old = LockFile.read(files.lock());
    var choice = new PackageChoice(spec, platform(), store, options);
    return choice.reasonToChoose(old).isPresent()
        ? choice.choose(old, progress)
        : old.orElseThrow();
  }

  private long time(LockFile lock) {
    return spec.timeSeconds().orElse(lock.timeSeconds());
  }

  private RootfsOptions rootfsOptions(LockFile lock) throws FormatException {
    return RootfsOptions.of(spec.architecture(), time(lock))
        .withPreseed(String.join("\n", spec.preseed()) + (spec.preseed().isEmpty() ? "" : "\n"))
        .withIds(LockedAccounts.ids(lock))
        .withNetwork(spec.sandboxNetwork());
  }

  private RootfsResult configured(
      Store store, Steps steps, LockFile lock, BesideScripts beside, Progress progress)
      throws IOException {
    Key key = rootfsKey(lock);
    boolean reused = steps.foresee(ROOTFS, key);
    List<Blob> debs =
        reused
            ? List.of()
            : new PackageChoice(spec, platform(), store, options).fetchImage(lock, progress);
    Optional<Tree> tree = steps.kept(key);
    if (tree.isPresent()) {
      return new RootfsResult(tree.get(), IdTable.of(tree.get()), true);
    }
    RootfsResult made =
        Rootfs.in(store)
            .withThreads(options.jobs())
            .whenUnpacked(beside::unpacked)
            .assemble(debs, rootfsOptions(lock), sandbox.whenRunning(beside::start), progress);
    return new RootfsResult(steps.keep(ROOTFS, key, made.tree()), made.ids(), false);
  }

  private Key rootfsKey(LockFile lock) throws IOException {
    var packages = lock.image().stream().map(each -> each + " " + each.digest()).toList();
    RootfsOptions rootfs = rootfsOptions(lock);
    return Key.of("configured", 4)
        .with("tool", Tool.id())
        .with("packages", packages)
        .with("architecture", rootfs.architecture())
        .with("time", rootfs.epochSeconds())
        .with("preseed", Digest.of(rootfs.preseed().getBytes(StandardCharsets.UTF_8)))
        .with("users and groups", rootfs.ids().toString())
        .with("network in the sandbox", Boolean.toString(rootfs.network()));
  }

  private Tree commands(
      Store store, Tree tree, List<String> scripts, LockFile lock, Progress progress)
      throws IOException {
    var commands = new ArrayList<SandboxCommand>();
    for (int i = 0; i < scripts.size(); i++) {
      commands.add(
          SandboxCommand.of("command " + (i + 1) + " of the specification", scripts.get(i)));
    }
    // The numbers are those of the tree, which may have users the lock does not know yet; names
    // that only the lock has keep theirs, should a command bring them back.
    RootfsOptions run = rootfsOptions(LockedAccounts.with(lock, tree));
    return Rootfs.in(store).run(tree, commands, run, sandbox, progress).tree();
  }

  private SystemTree systemTree(LockFile lock) {
    return new SystemTree(spec, time(lock), LockedAccounts.ids(lock));
  }

  private BootTools bootTools(Store store, LockFile lock) throws IOException {
    return new BootTools(new PackageChoice(spec, platform(), store, options), lock, time(lock));
  }

  private Key imageKey(Prepared prepared) throws IOException {
    return imageKey(prepared.systemKey(), prepared.bootTools().key(), prepared.timeSeconds());
  }

  private Key imageKey(Key system, Key tools, long timeSeconds) throws IOException {
    return Key.of("image", 5)
        .with("system", system)
        .with("boot loaders and tools", tools)
        .with("name", spec.title())
        .with("disk", spec.disk().withoutRecovery().toString())
        .with("recovery burns", RecoveryStep.told(burn(timeSeconds)))
        .with("tool", Tool.id());
  }

  private BuildResult write(
      Store store,
      Steps steps,
      Finished finished,
      Finished.Inputs seen,
      Prepared prepared,
      Key key,
      Progress progress)
      throws IOException {
    steps.report(IMAGE, key, false);
    Kernel kernel = Kernel.of(prepared.system(), platform().kernelPackage());
    ImageDisk.Planned planned = planned(store, steps, kernel, prepared, progress);
    WrittenImage written = ImageFile.of(planned.disk()).write(files.image(), progress);
    var packages =
        prepared.lock().image().stream()
            .map(
                p ->
                    new Manifest.Package(
                        p.name(), p.version().toString(), p.architecture(), p.digest().hex()))
            .toList();
    var manifest =
        new Manifest(
            spec,
            prepared.timeSeconds(),
            packages,
            Accounts.of(prepared.system()),
            planned.disk(),
            planned.usedBytes(),
            written);
    files.describeImage(manifest, prepared.lock());
    steps.remember(IMAGE, key);
    finished.record(
        store,
        seen.with(files.renewLock(prepared.lock())),
        key,
        List.of(files.image(), files.manifest(), files.lockCopy()),
        written.digest(),
        planned.usedBytes());
    return new BuildResult(
        files.image(),
        files.manifest(),
        files.lock(),
        written.digest(),
        planned.usedBytes(),
        steps.reports());
  }

  private InitramfsStep initramfs(
      Store store, Kernel kernel, Prepared prepared, Progress progress) {
    return new InitramfsStep(
        store,
        kernel,
        spec.disk().initramfs(),
        prepared.system(),
        prepared.systemKey(),
        prepared.tools(),
        prepared.bootTools().key(),
        (tree, scripts) -> commands(store, tree, scripts, prepared.lock(), progress));
  }

  /** What {@link #run} writes. */
  private ImageDisk.Planned planned(
      Store store, Steps steps, Kernel kernel, Prepared prepared, Progress progress)
      throws IOException {
    Content initramfs = initramfs(store, kernel, prepared, progress).content(steps, progress);
    SystemTree system = systemTree(prepared.lock());
    Tree root = kernel.installed(prepared.system(), initramfs, system.stamp());
    Optional<RecoveryStep> recovery = recovery(kernel, prepared);
    return disk(steps, prepared.tools(), prepared.bootTools())
        .plan(
            root,
            kernel.version(),
            recovery.isPresent() ? Optional.of(recovery.get().tree(steps)) : Optional.empty());
  }

  /** How to make what the recovery partition holds, in a layout that has one. */
  private Optional<RecoveryStep> recovery(Kernel kernel, Prepared prepared) throws IOException {
    return spec.disk().layout() != Layout.RECOVERY
        ? Optional.empty()
        : Optional.of(
            new RecoveryStep(
                kernel,
                prepared.system(),
                prepared.tools(),
                prepared.bootTools().key(),
                new Stamp(prepared.timeSeconds()),
                burn(prepared.timeSeconds())));
  }

  /** A release's number is its time: see {@link Site}. */
  private Optional<RecoveryBurn> burn(long timeSeconds) throws IOException {
    if (spec.disk().recovery().isEmpty()) {
      return Optional.empty();
    }
    RecoverySettings settings = spec.disk().recovery().get();
    return Optional.of(
        new RecoveryBurn(
            Content.file(settings.keyring()),
            spec.name(),
            timeSeconds,
            timeSeconds,
            settings.sources(),
            settings.unattended()));
  }
}
