// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.store.Blob;
import dev.slipway.store.Key;
import dev.slipway.store.PackWriter;
import dev.slipway.store.Program;
import dev.slipway.store.Store;
import dev.slipway.store.StoredTree;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * From packages to a root file system: what debootstrap does, on trees.
 *
 * <pre>{@code
 * RootfsResult root = Rootfs.in(store).assemble(debs, RootfsOptions.of("amd64", epoch), Sandbox.best(), progress);
 * }</pre>
 *
 * <p>All packages are unpacked into one tree, which goes through the sandbox a single time to be
 * configured: the essential ones already while the others are being unpacked. Then everything that
 * is not a function of the inputs is taken out, so that the same packages and options give the same
 * tree, whatever the machine, the user and the door of the sandbox. Each package is unpacked once
 * in the store's life, and each result is kept.
 */
public final class Rootfs {
  /** Raised whenever the same inputs give another tree. */
  private static final int VERSION = 3;

  private final Store store;
  private final int threads;
  private final Consumer<Tree> whenUnpacked;

  private Rootfs(Store store, int threads, Consumer<Tree> whenUnpacked) {
    this.store = store;
    this.threads = threads;
    this.whenUnpacked = whenUnpacked;
  }

  /** Assembles with the contents in a store, on all processors. */
  public static Rootfs in(Store store) {
    return new Rootfs(store, Runtime.getRuntime().availableProcessors(), tree -> {});
  }

  /** The same on a given number of threads, which changes nothing about the result. */
  public Rootfs withThreads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one thread is needed: " + count);
    }
    return new Rootfs(store, count, whenUnpacked);
  }

  /**
   * The same, which also hands the unpacked packages to {@code action}, as they are without any
   * script: what depends on files that scripts leave alone can be made meanwhile. The action must
   * be short; it runs on another thread.
   */
  public Rootfs whenUnpacked(Consumer<Tree> action) {
    return new Rootfs(store, threads, action);
  }

  /** The name of what {@link #assemble} makes: every input it depends on. */
  public static Key key(List<Blob> debs, RootfsOptions options) {
    var commands = new ArrayList<String>();
    for (SandboxCommand command : options.commands()) {
      commands.add(
          Digest.of(command.script().getBytes(StandardCharsets.UTF_8))
              + " "
              + command.stubbed()
              + " "
              + command.name().replace('\n', ' '));
    }
    return Key.of("rootfs", VERSION)
        .with("program", Program.id())
        .with("packages", debs.stream().map(blob -> blob.digest().hex()).sorted().toList())
        .with("architecture", options.architecture())
        .with("time", options.epochSeconds())
        .with("preseed", Digest.of(options.preseed().getBytes(StandardCharsets.UTF_8)))
        .with("initramfs-tools", Boolean.toString(options.initramfsTools()))
        .with("ids", options.ids().toString())
        .with("commands", commands)
        .with("network", Boolean.toString(options.network()));
  }

  /**
   * Unpacks and configures packages, or takes the result from the store.
   *
   * @param debs every package of the system, in any order: nothing is looked up or added
   * @throws FormatException when a package is damaged or cannot lie beside the others
   * @throws SandboxException when a script fails or the sandbox cannot be used
   */
  public RootfsResult assemble(
      List<Blob> debs, RootfsOptions options, Sandbox sandbox, Progress progress)
      throws IOException {
    Key key = key(debs, options);
    Optional<RootfsResult> kept = kept(key);
    if (kept.isPresent()) {
      return kept.get();
    }
    Foreign.requireRunnable(options.architecture());
    sandbox.check();
    var unpackedStore = new UnpackedStore(store, threads);
    List<PackageFile> packages = unpackedStore.read(debs);
    Tree configured;
    IdMap ids;
    try (PackWriter pack = store.newPack("configured files")) {
      Tree run =
          new Assembly(packages, unpackedStore, options, pack, whenUnpacked)
              .run(sandbox, settings(options), progress);
      Tree normal = Normalization.at(options.epochSeconds()).apply(run, pack);
      ids = IdMap.of(IdTable.of(normal), options.ids());
      configured = ids.apply(normal, pack);
      pack.commit();
    }
    StoredTree stored = StoredTree.write(store, configured, "configured root");
    store.putResult(key, stored.digest().hex().getBytes(StandardCharsets.US_ASCII), stored.blobs());
    return new RootfsResult(configured, ids.table(), false);
  }

  private Optional<RootfsResult> kept(Key key) throws IOException {
    Optional<byte[]> kept = store.result(key);
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    Tree tree =
        StoredTree.read(store, Digest.parse(new String(kept.get(), StandardCharsets.US_ASCII)));
    return Optional.of(new RootfsResult(tree, IdTable.of(tree), true));
  }

  /**
   * Unpacks packages beside one another and runs nothing: works for every architecture and needs no
   * sandbox.
   */
  public Tree unpack(List<Blob> debs, RootfsOptions options, Progress progress) throws IOException {
    var unpackedStore = new UnpackedStore(store, threads);
    try (Task task =
            progress.start("unpacking packages", debs.stream().mapToLong(Blob::size).sum());
        PackWriter pack = store.newPack("records of unpacked packages")) {
      List<UnpackedPackage> packages = unpackedStore.unpack(unpackedStore.read(debs), task);
      Tree tree =
          clamped(
              UnpackedRoot.of(packages, options.architecture(), pack, options.epochSeconds()),
              options.epochSeconds());
      pack.commit();
      return tree;
    }
  }

  /** Runs commands on a tree and normalises what they leave, keeping its users' numbers. */
  public RootfsResult run(
      Tree tree,
      List<SandboxCommand> commands,
      RootfsOptions options,
      Sandbox sandbox,
      Progress progress)
      throws IOException {
    Foreign.requireRunnable(options.architecture());
    try (PackWriter pack = store.newPack("files of commands")) {
      Tree run = sandbox.run(tree, commands, settings(options), pack, progress);
      Tree normal = Normalization.at(options.epochSeconds()).apply(run, pack);
      IdMap ids = IdMap.of(IdTable.of(normal), options.ids());
      Tree result = ids.apply(normal, pack);
      pack.commit();
      return new RootfsResult(result, ids.table(), false);
    }
  }

  /**
   * With the times that the image will have, which scripts must see: compiled Python files hold the
   * times of their sources.
   */
  static Tree clamped(Tree tree, long epochSeconds) {
    Normalization normalization = Normalization.at(epochSeconds);
    return tree.mapped(
        (path, inode) -> inode.withMetadata(normalization.clamped(inode.metadata())));
  }

  private SandboxSettings settings(RootfsOptions options) {
    SandboxSettings settings =
        SandboxSettings.at(options.epochSeconds())
            .withNetwork(options.network())
            .withScratch(store.directory().resolve("sandbox"));
    return ConfigureStubs.add(settings, options.initramfsTools());
  }
}
