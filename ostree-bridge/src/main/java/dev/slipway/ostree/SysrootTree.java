// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.arrange.Stamp;
import dev.slipway.bootconfig.DeploymentMenu;
import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirMeta;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The root file system of a disk that starts an ostree deployment, as a tree: a bare repository
 * with one commit, its deployment, and what boots it. Files of the deployment are further names of
 * the repository's objects, as {@code ostree admin deploy} makes them; so no directory of the host,
 * no privilege and no loop device is needed.
 *
 * <pre>{@code
 * FittedTree fitted = FittedTree.of(system, timeSeconds);
 * SysrootTree disk = SysrootTree.of(fitted.tree(), CommitInfo.of("edge 2026.11", timeSeconds),
 *     "debian", Optional.of("origin:edge/amd64"), parameters);
 * Volume root = Ext4.of(disk.tree(), options);
 * }</pre>
 *
 * @param commit the checksum, the same as of the same tree committed to a repository
 */
public record SysrootTree(Tree tree, Digest commit, Deployment deployment) {
  /** As after the first deployment by ostree. */
  private static final int FIRST_VERSION = 1;

  private static final TreePath MODULES = TreePath.of("/usr/lib/modules");
  private static final String REPOSITORY = "/ostree/repo";

  /**
   * Deploys a tree on an empty disk.
   *
   * @param fitted as {@link FittedTree} makes it
   * @param info what is said about the commit; its time is that of everything that is added
   * @param origin where upgrades come from, {@code REMOTE:REF}; the ref of the remote is set
   * @param parameters what the kernel is told
   * @throws IllegalArgumentException when the tree has no kernel, no initramfs, or is not fit
   */
  public static SysrootTree of(
      Tree fitted,
      CommitInfo info,
      String stateroot,
      Optional<String> origin,
      KernelCommandLine parameters)
      throws IOException {
    Deployment.requireStateroot(stateroot);
    String kernel = requireDeployable(fitted);
    var work = new Work(fitted, new Stamp(info.timestampSeconds()));
    return work.run(info, stateroot, kernel, origin, parameters);
  }

  /** Gives the version of the kernel. */
  static String requireDeployable(Tree tree) {
    for (String path : List.of("/usr/etc", "/usr/lib/os-release", "/sysroot", "/ostree")) {
      if (!tree.contains(path)) {
        throw new IllegalArgumentException(
            "the tree has no " + path + ", so it cannot be deployed; make it fit first");
      }
    }
    if (tree.contains("/etc")) {
      throw new IllegalArgumentException("the tree has both /etc and /usr/etc");
    }
    List<String> kernels =
        tree.children(MODULES).stream()
            .filter(path -> tree.contains(path.child("vmlinuz").toString()))
            .map(TreePath::name)
            .toList();
    if (kernels.size() != 1) {
      throw new IllegalArgumentException(
          "a deployment boots one kernel, /usr/lib/modules has "
              + (kernels.isEmpty() ? "no vmlinuz" : "those of " + String.join(", ", kernels)));
    }
    String kernel = kernels.get(0);
    if (!tree.contains(MODULES.child(kernel).child("initramfs.img").toString())) {
      throw new IllegalArgumentException(
          "/usr/lib/modules/" + kernel + " has no initramfs.img; add one and try again");
    }
    return kernel;
  }

  /** One deployment in the making. */
  private static final class Work {
    private final Tree fitted;
    private final Stamp stamp;
    private final TreeBuilder out = Tree.empty().toBuilder();
    private final Map<TreePath, Digest> checksums = new HashMap<>();

    Work(Tree fitted, Stamp stamp) {
      this.fitted = fitted;
      this.stamp = stamp;
    }

    SysrootTree run(
        CommitInfo info,
        String stateroot,
        String kernel,
        Optional<String> origin,
        KernelCommandLine parameters)
        throws IOException {
      repository();
      addFiles();
      DirTree.DirectoryEntry root = addDirectory(TreePath.ROOT);
      Commit commit =
          new Commit(
              info.completeMetadata(),
              Optional.empty(),
              List.of(),
              info.subject(),
              info.body(),
              info.timestampSeconds(),
              root.tree(),
              root.meta());
      addObject(ObjectName.commit(commit.checksum()), commit.toBytes());
      TreePath modules = MODULES.child(kernel);
      var deployment =
          new Deployment(
              stateroot,
              commit.checksum(),
              0,
              bootChecksum(modules),
              kernel,
              Deployment.title(text("/usr/lib/os-release"), commit.metadata()),
              parameters,
              origin);
      deploy(deployment);
      boot(new BootLayout(FIRST_VERSION, FIRST_VERSION, List.of(deployment)), modules);
      skeleton(stateroot);
      return new SysrootTree(out.build(), commit.checksum(), deployment);
    }

    private String text(String path) throws IOException {
      return new String(fitted.read(path), java.nio.charset.StandardCharsets.UTF_8);
    }

    private void directory(String path, int mode) {
      stamp.put(out, TreePath.of(path), new Directory(stamp.mode(mode)));
    }

    private void repository() {
      for (String each : OstreeRepository.SKELETON) {
        directory(REPOSITORY + "/" + each, 0755);
      }
      // GRUB's menu is kept by GrubUpkeep; ostree would look for grub2-mkconfig
      stamp.file(
          out,
          REPOSITORY + "/config",
          0644,
          "[core]\nrepo_version=1\nmode=bare\n\n[sysroot]\nbootloader=none\n");
    }

    private void addFiles() throws IOException {
      for (var entry : fitted.entries().entrySet()) {
        if (entry.getValue() instanceof Inode inode && !(inode instanceof Directory)) {
          FileHeader header =
              FileHeader.of(inode)
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              entry.getKey() + ": ostree keeps files, links and directories only"));
          Content content = inode instanceof RegularFile file ? file.content() : Content.EMPTY;
          Digest checksum = checksum(header, content);
          checksums.put(entry.getKey(), checksum);
          TreePath place = object(ObjectName.file(checksum));
          if (out.node(place).isEmpty()) {
            stamp.put(out, place, header.node(content));
          }
        }
      }
    }

    private static Digest checksum(FileHeader header, Content content) throws IOException {
      if (header.isSymlink()) {
        return header.checksumWithoutContent();
      }
      MessageDigest sha256 = header.digestSoFar();
      byte[] chunk = new byte[1 << 16];
      try (InputStream in = content.open()) {
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
          sha256.update(chunk, 0, count);
        }
      }
      return Digest.finish(sha256);
    }

    private DirTree.DirectoryEntry addDirectory(TreePath path) {
      var files = new ArrayList<DirTree.FileEntry>();
      var directories = new ArrayList<DirTree.DirectoryEntry>();
      for (TreePath child : fitted.children(path)) {
        if (fitted.inode(child).orElseThrow() instanceof Directory) {
          directories.add(addDirectory(child));
        } else {
          files.add(new DirTree.FileEntry(child.name(), checksum(child)));
        }
      }
      var tree = new DirTree(files, directories);
      var meta = new DirMeta(fitted.inode(path).orElseThrow().metadata());
      addObject(ObjectName.dirTree(tree.checksum()), tree.toBytes());
      addObject(ObjectName.dirMeta(meta.checksum()), meta.toBytes());
      return new DirTree.DirectoryEntry(path.name(), tree.checksum(), meta.checksum());
    }

    private Digest checksum(TreePath path) {
      return checksums.get(
          fitted.node(path).orElseThrow() instanceof HardLink link ? link.target() : path);
    }

    private void addObject(ObjectName name, byte[] bytes) {
      stamp.put(out, object(name), new RegularFile(stamp.mode(0644), Content.bytes(bytes)));
    }

    private static TreePath object(ObjectName name) {
      return TreePath.of(REPOSITORY + "/objects/" + name.path(false));
    }

    private Digest bootChecksum(TreePath modules) throws IOException {
      MessageDigest sha256 = Digest.sha256();
      for (String file : List.of("vmlinuz", "initramfs.img")) {
        sha256.update(fitted.read(modules.child(file).toString()));
      }
      return Digest.finish(sha256);
    }

    /** The deployment: names of the objects, and a copy of the defaults in {@code /etc}. */
    private void deploy(Deployment deployment) throws IOException {
      TreePath place = deployment.path();
      for (TreePath path : fitted.entries().keySet()) {
        Inode inode = fitted.inode(path).orElseThrow();
        TreePath target = path.rebase(TreePath.ROOT, place);
        if (inode instanceof RegularFile file && file.content().sizeBytes() > 0) {
          out.put(target, new HardLink(object(ObjectName.file(checksum(path)))));
        } else {
          // links and empty files are made anew, as ostree does: an inode has 65,000 names at most
          stamp.put(out, target, atTheEpoch(inode));
        }
        TreePath defaults = TreePath.of("/usr/etc");
        if (path.startsWith(defaults)) {
          Metadata now = inode.metadata().withMtime(stamp.timeSeconds(), 0);
          stamp.put(out, path.rebase(defaults, place.child("etc")), inode.withMetadata(now));
        }
      }
      stamp.file(out, deployment.originPath().toString(), 0644, deployment.originText());
      if (deployment.origin().isPresent()) {
        originRef(deployment.origin().get(), deployment.commit());
      }
    }

    private static Inode atTheEpoch(Inode inode) {
      return inode.withMetadata(inode.metadata().withMtime(0, 0));
    }

    private void originRef(String spec, Digest commit) throws IOException {
      int colon = spec.indexOf(':');
      String ref = colon < 0 ? "heads/" + spec : "remotes/" + spec.replaceFirst(":", "/");
      Refs.requireName(spec.substring(colon + 1));
      stamp.file(out, REPOSITORY + "/refs/" + ref, 0644, commit + "\n");
    }

    private void boot(BootLayout layout, TreePath modules) {
      Deployment deployment = layout.deployments().get(0);
      out.put(TreePath.of("/boot"), new Directory(stamp.mode(0755)));
      directory("/boot" + deployment.bootDirectory(), 0755);
      bootFile(deployment.kernelPath(), modules.child("vmlinuz"));
      bootFile(deployment.initramfsPath(), modules.child("initramfs.img"));
      layout
          .entries()
          .forEach(
              (name, entry) ->
                  stamp.file(
                      out,
                      "/boot/" + layout.loaderDirectory() + "/entries/" + name,
                      0644,
                      entry.text()));
      stamp.symlink(out, "/boot/loader", layout.loaderDirectory());
      stamp.symlink(out, "/boot/boot", ".");
      stamp.file(out, DeploymentMenu.PATH, 0644, layout.grubConfiguration());
      layout
          .links()
          .forEach(
              (path, target) ->
                  stamp.symlink(out, "/ostree/" + layout.bootDirectory() + "/" + path, target));
      stamp.symlink(out, "/ostree/" + layout.bootName(), layout.bootDirectory());
      stamp.file(
          out,
          REPOSITORY + "/refs/heads/" + layout.refPrefix() + "/0",
          0644,
          deployment.commit() + "\n");
    }

    private void bootFile(String path, TreePath original) {
      out.put(
          TreePath.of("/boot" + path), new HardLink(object(ObjectName.file(checksum(original)))));
    }

    /** What {@code ostree admin os-init} makes in {@code /var}; the rest comes from tmpfiles.d. */
    private void skeleton(String stateroot) {
      String var = "/ostree/deploy/" + stateroot + "/var";
      directory(var + "/lib", 0755);
      directory(var + "/log", 0755);
      directory(var + "/tmp", 01777);
      stamp.symlink(out, var + "/lock", "../run/lock");
      stamp.symlink(out, var + "/run", "../run");
      out.put(TreePath.ROOT, new Directory(stamp.mode(0755)));
    }
  }
}
