// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.digest.Digest;
import dev.slipway.io.FileGate;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A root file system that holds an ostree repository and deployments of its commits, in a directory
 * of this machine: its own root, or a disk that is mounted somewhere. For root.
 *
 * <pre>{@code
 * Sysroot sysroot = Sysroot.init(directory);
 * sysroot.initStateroot("debian");
 * DeployReport done = sysroot.deploy("debian", commit, Optional.of("origin:edge/amd64"),
 *     Optional.of(parameters), threads, progress);
 * }</pre>
 *
 * <p>What ostree makes and what this makes is the same, and either goes on with what the other
 * left. Whatever dies whenever, one of the two orders of deployments holds and all it names is
 * there: the switch between them is the renaming of one link, after everything else is on the disk.
 */
public final class Sysroot {
  private static final TreePath DEFAULTS = TreePath.of("/usr/etc");

  private final Path root;
  private final OstreeRepository repository;
  private final Optional<Path> script;
  private final HostCalls calls = HostCalls.load();

  private Sysroot(Path root, OstreeRepository repository, Optional<Path> script) {
    this.root = root;
    this.repository = repository;
    this.script = script;
  }

  /** The same, whose menu a script writes as on the machine that runs from it. */
  Sysroot withScript(Path writeGrubCfg) {
    return new Sysroot(root, repository, Optional.of(writeGrubCfg));
  }

  /** What a deployment did to {@code /etc}. */
  public record DeployReport(Deployment deployment, Optional<EtcMerge> etc) {}

  /** Makes the directories of a sysroot where they are missing, and a bare repository. */
  public static Sysroot init(Path root) throws IOException {
    for (String each : List.of("boot", "ostree/deploy")) {
      Directories.makeAll(root.resolve(each));
    }
    OstreeRepository repository =
        OstreeRepository.init(root.resolve("ostree/repo"), RepositoryMode.BARE);
    if (repository.config().get("sysroot", "bootloader").isEmpty()) {
      repository = repository.withConfig(repository.config().with("sysroot", "bootloader", "none"));
    }
    return new Sysroot(root, repository, Optional.empty());
  }

  /** Opens a sysroot. */
  public static Sysroot open(Path root) throws IOException {
    if (!Files.isDirectory(root.resolve("ostree/deploy"))) {
      throw new IOException(root + ": is no sysroot, it has no ostree/deploy; make one by init-fs");
    }
    return new Sysroot(root, OstreeRepository.open(root.resolve("ostree/repo")), Optional.empty());
  }

  public OstreeRepository repository() {
    return repository;
  }

  /** Makes what a system shares among its deployments: {@code /var}. */
  public void initStateroot(String name) throws IOException {
    Deployment.requireStateroot(name);
    Path var = stateroot(name).resolve("var");
    for (String each : List.of("lib", "log", "tmp")) {
      Directories.makeAll(var.resolve(each));
    }
    calls.chmod(var.resolve("tmp").toString(), 01777);
    for (String each : List.of("run", "run/lock")) {
      Path link = var.resolve(each.substring(each.lastIndexOf('/') + 1));
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        calls.symlink("../" + each, link.toString());
      }
    }
  }

  private Path stateroot(String name) {
    return root.resolve("ostree/deploy").resolve(name);
  }

  /** The directory of a deployment. */
  public Path directory(Deployment deployment) {
    return root.resolve(deployment.path().relative());
  }

  /** All deployments in the order of the menu; the first is the one that is started. */
  public List<Deployment> deployments() throws IOException {
    return SysrootState.read(root).deployments();
  }

  /** The deployment this system was started from; nothing when it was not from this sysroot. */
  public Optional<Deployment> booted() throws IOException {
    if (!Files.exists(Path.of("/run/ostree-booted"))) {
      return Optional.empty();
    }
    Object here = Files.readAttributes(Path.of("/"), "unix:fileKey").get("fileKey");
    for (Deployment each : deployments()) {
      if (here.equals(Files.readAttributes(directory(each), "unix:fileKey").get("fileKey"))) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /**
   * Lays a commit down, carries the changes of {@code /etc} over from the deployment that is
   * running or else first in the menu, and makes it the one that is started next. Kept are the
   * deployment that runs and the one changes were carried over from.
   *
   * @param commit which is in the repository
   * @param origin where upgrades come from; nothing keeps that of the deployment before
   * @param parameters what the kernel is told; nothing keeps those of the deployment before
   */
  public DeployReport deploy(
      String stateroot,
      Digest commit,
      Optional<String> origin,
      Optional<KernelCommandLine> parameters,
      int threads,
      Progress progress)
      throws IOException {
    if (!Files.isDirectory(stateroot(stateroot).resolve("var"))) {
      throw new IOException("there is no stateroot " + stateroot + "; make it by os-init");
    }
    try (FileGate gate = FileGate.open(root.resolve("ostree/lock"));
        FileGate.Pass alone = gate.exclusive()) {
      List<Deployment> before = settled().deployments();
      Optional<Deployment> base =
          booted()
              .or(() -> before.stream().findFirst())
              .filter(each -> each.stateroot().equals(stateroot));
      Deployment fresh =
          describe(
              stateroot,
              commit,
              origin.or(() -> base.flatMap(Deployment::origin)),
              parameters.or(() -> base.map(Deployment::parameters)).orElse(KernelCommandLine.NONE));
      Path place = directory(fresh);
      Directories.makeAll(place.getParent());
      SysrootState.remove(place); // of one that was killed before it was named anywhere
      repository.checkout(commit, place, CheckoutOptions.copying(threads).linking(), progress);
      Optional<EtcMerge> etc = etc(commit, base, place);
      Directories.replace(
          root.resolve(fresh.originPath().relative()),
          fresh.originText().getBytes(StandardCharsets.UTF_8),
          true);
      calls.setImmutable(place.toString(), true);
      var order = new ArrayList<Deployment>();
      order.add(fresh);
      Optional<Deployment> booted = booted();
      for (Deployment each : before) {
        boolean kept = base.equals(Optional.of(each)) || booted.equals(Optional.of(each));
        if (kept || !each.stateroot().equals(stateroot)) {
          order.add(each);
        }
      }
      switchTo(order);
      return new DeployReport(fresh, etc);
    }
  }

  private Optional<EtcMerge> etc(Digest commit, Optional<Deployment> base, Path place)
      throws IOException {
    Tree defaults = repository.read(commit).subtree(DEFAULTS);
    Optional<EtcMerge> merge = Optional.empty();
    if (base.isPresent()) {
      Path old = directory(base.get());
      merge =
          Optional.of(
              EtcMerge.of(
                  HostTree.read(old.resolve("usr/etc")),
                  HostTree.read(old.resolve("etc")),
                  defaults));
    }
    HostDirectory.write(merge.map(EtcMerge::tree).orElse(defaults), place.resolve("etc"));
    return merge;
  }

  private Deployment describe(
      String stateroot, Digest commit, Optional<String> origin, KernelCommandLine parameters)
      throws IOException {
    Tree tree = repository.read(commit);
    String kernel = SysrootTree.requireDeployable(tree);
    MessageDigest sha256 = Digest.sha256();
    for (String file : List.of("vmlinuz", "initramfs.img")) {
      sha256.update(tree.read("/usr/lib/modules/" + kernel + "/" + file));
    }
    int serial = 0;
    Path deployments = stateroot(stateroot).resolve("deploy");
    List<String> named = deployments().stream().map(Deployment::name).toList();
    while (named.contains(commit + "." + serial)
        || Files.exists(deployments.resolve(commit + "." + serial + ".origin"))) {
      serial++;
    }
    return new Deployment(
        stateroot,
        commit,
        serial,
        Digest.finish(sha256),
        kernel,
        Deployment.title(
            new String(tree.read("/usr/lib/os-release"), StandardCharsets.UTF_8),
            repository.commit(commit).metadata()),
        parameters,
        origin);
  }

  /** Puts the second deployment of the menu first: what was started before the last one. */
  public Deployment rollback() throws IOException {
    try (FileGate gate = FileGate.open(root.resolve("ostree/lock"));
        FileGate.Pass alone = gate.exclusive()) {
      var order = new ArrayList<>(settled().deployments());
      if (order.size() < 2) {
        throw new IOException("there is no other deployment to go back to");
      }
      order.add(0, order.remove(1));
      switchTo(order);
      return order.get(0);
    }
  }

  /**
   * Removes a deployment.
   *
   * @param index its place in the menu, from 0
   */
  public Deployment undeploy(int index) throws IOException {
    try (FileGate gate = FileGate.open(root.resolve("ostree/lock"));
        FileGate.Pass alone = gate.exclusive()) {
      var order = new ArrayList<>(settled().deployments());
      if (index < 0 || index >= order.size()) {
        throw new IOException("there is no deployment " + index + ", only " + order.size());
      }
      Deployment gone = order.remove(index);
      if (booted().equals(Optional.of(gone))) {
        throw new IOException("deployment " + index + " is running; it cannot be removed");
      }
      switchTo(order);
      return gone;
    }
  }

  /** Removes what no deployment needs: halves of dead ones, their kernels, their objects. */
  public void cleanup() throws IOException {
    try (FileGate gate = FileGate.open(root.resolve("ostree/lock"));
        FileGate.Pass alone = gate.exclusive()) {
      settled().removeOthers(root, booted());
      repository.prune(PruneOptions.keepingAllCommits());
    }
  }

  /**
   * What holds, with a menu that says so. Whoever is about to write or remove anything begins here:
   * a process that died between its last two steps left a menu that still names what was there
   * before, and may be removed now.
   */
  private SysrootState settled() throws IOException {
    SysrootState state = SysrootState.read(root);
    if (!state.deployments().isEmpty()) {
      menu().write(state.layout());
    }
    return state;
  }

  private GrubMenu menu() throws IOException {
    return script.isPresent()
        ? new GrubMenu(root, script)
        : GrubMenu.of(root, booted().isPresent());
  }

  private void switchTo(List<Deployment> order) throws IOException {
    Optional<Deployment> booted = booted();
    SysrootState after = SysrootState.read(root).followedBy(order);
    for (Deployment each : order) {
      BootFiles.copy(root, each);
    }
    after.write(root, repository.refs(), menu());
    after.removeOthers(root, booted);
    repository.prune(PruneOptions.keepingAllCommits());
  }
}
