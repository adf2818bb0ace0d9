// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Accounts;
import dev.slipway.arrange.Arrangement;
import dev.slipway.arrange.FirstBoot;
import dev.slipway.arrange.Stamp;
import dev.slipway.boot.InitramfsOptions;
import dev.slipway.boot.InitramfsTools;
import dev.slipway.rootfs.IdTable;
import dev.slipway.spec.AptSource;
import dev.slipway.spec.DiskSettings.Initramfs;
import dev.slipway.spec.ImageSpec;
import dev.slipway.spec.SystemSettings;
import dev.slipway.spec.User;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;

/**
 * What a specification adds to the configured packages: users, files, units and settings. A
 * function of the tree and the specification.
 *
 * @param keptIds numbers of users and groups that earlier releases gave, so that what a machine
 *     keeps never changes its owner
 */
record Site(ImageSpec spec, long timeSeconds, IdTable keptIds) {
  /** Read by the installer of updates. */
  private static final String RELEASE = "/usr/lib/slipway/release";

  private static final String SSH_KEYS = "/usr/lib/slipway/ssh-keys";

  /** The users, settings and services of the specification, over which its own files then go. */
  Tree settled(Tree configured) throws IOException {
    var stamp = new Stamp(timeSeconds);
    Tree tree = withImageName(withSettings(withUsers(configured), stamp));
    tree = Network.added(tree, spec.system().dhcp(), stamp);
    tree = tree.with(t -> stamp.file(t, RELEASE, 0644, release()));
    tree = Health.added(tree, spec.system().health(), stamp);
    if (spec.disk().initramfs() == Initramfs.INITRAMFS_TOOLS) {
      tree =
          tree.overlaidWith(
              InitramfsTools.scripts(InitramfsOptions.DEFAULT)
                  .mapped((path, inode) -> inode.withMetadata(stamped(inode.metadata()))));
    }
    tree = new FirstBoot(spec.system().hostname()).addedTo(tree, timeSeconds);
    return Arrangement.readied(tree, timeSeconds);
  }

  private Metadata stamped(Metadata metadata) {
    return metadata.withMtime(timeSeconds, 0);
  }

  /**
   * Which machines this release is for, and its place among theirs: by the time of its packages, so
   * that two releases of the same packages may replace each other.
   */
  private String release() {
    return "compatible="
        + spec.name()
        + "\nversion="
        + spec.version()
        + "\nsequence="
        + timeSeconds
        + "\n";
  }

  /** The specification's own files. */
  Tree withOwnFiles(Tree tree) throws IOException {
    return new OwnFiles(new Stamp(timeSeconds), Accounts.of(tree)).over(tree, spec.own());
  }

  /** The units, last, because anything before may have brought them. */
  Tree withUnits(Tree tree) throws IOException {
    return withUnits(tree, new Stamp(timeSeconds));
  }

  private Tree withUsers(Tree tree) throws IOException {
    SystemSettings system = spec.system();
    Accounts accounts = new NewUsers(system.users(), keptIds).addedTo(Accounts.of(tree));
    if (system.rootPasswordHash().isPresent() && accounts.user("root").isPresent()) {
      accounts = accounts.withPassword("root", system.rootPasswordHash().get());
    }
    return accounts.users().isEmpty() ? tree : withHomes(accounts.into(tree), accounts);
  }

  /** A home directory for each new user, with what {@code /etc/skel} holds. */
  private Tree withHomes(Tree tree, Accounts accounts) {
    Tree skeleton = tree.subtree(TreePath.of("/etc/skel"));
    return tree.with(
        t -> {
          for (User user : spec.system().users()) {
            Accounts.User account = accounts.user(user.name()).orElseThrow();
            TreePath home = TreePath.of(account.home());
            if (!account.home().startsWith("/home/") || tree.contains(account.home())) {
              continue;
            }
            skeleton
                .entries()
                .forEach(
                    (path, node) -> {
                      if (node instanceof Inode inode) {
                        Inode owned =
                            inode.withMetadata(
                                inode
                                    .metadata()
                                    .withOwner(account.uid(), account.gid())
                                    .withMtime(timeSeconds, 0));
                        t.put(
                            path.rebase(TreePath.ROOT, home),
                            path.isRoot() ? new Directory(owned.metadata().withMode(0700)) : owned);
                      }
                    });
          }
        });
  }

  /**
   * Says in os-release which image this is; {@code IMAGE_ID} and {@code IMAGE_VERSION} are made for
   * it.
   */
  private Tree withImageName(Tree tree) throws IOException {
    TreePath path = TreePath.of("/usr/lib/os-release");
    if (!(tree.inode(path).orElse(null) instanceof RegularFile file)) {
      return tree;
    }
    String text = new String(file.content().readAll(), StandardCharsets.UTF_8);
    String named = text + "IMAGE_ID=" + spec.name() + "\nIMAGE_VERSION=" + spec.version() + "\n";
    return tree.with(
        t ->
            t.put(
                path,
                new RegularFile(file.metadata().withMtime(timeSeconds, 0), Content.utf8(named))));
  }

  private Tree withSettings(Tree tree, Stamp stamp) throws BuildException {
    SystemSettings system = spec.system();
    String zone = "/usr/share/zoneinfo/" + system.timezone();
    boolean zoneKnown = tree.follow(TreePath.of(zone)).isPresent();
    if (!zoneKnown && !system.timezone().equals("Etc/UTC")) {
      throw new BuildException(
          "the image has no time zone "
              + system.timezone()
              + (tree.contains("/usr/share/zoneinfo")
                  ? "; names are written like Europe/Berlin"
                  : "; add the package tzdata"));
    }
    return tree.with(
        t -> {
          if (zoneKnown) {
            stamp.symlink(t, "/etc/localtime", zone);
            stamp.file(t, "/etc/timezone", 0644, system.timezone() + "\n");
          }
          stamp.file(t, "/etc/default/locale", 0644, "LANG=" + system.locale() + "\n");
          stamp.file(t, "/etc/locale.conf", 0644, "LANG=" + system.locale() + "\n");
          stamp.file(
              t,
              "/etc/default/keyboard",
              0644,
              "XKBMODEL=\"pc105\"\nXKBLAYOUT=\""
                  + system.keyboard()
                  + "\"\nXKBVARIANT=\"\"\nXKBOPTIONS=\"\"\nBACKSPACE=\"guess\"\n");
          stamp.file(t, "/etc/vconsole.conf", 0644, "KEYMAP=" + system.keyboard() + "\n");
          aptSources(tree, t, stamp);
          sshKeys(tree, t, stamp);
          if (system.watchdogSeconds() > 0) {
            stamp.file(
                t,
                "/usr/lib/systemd/system.conf.d/slipway.conf",
                0644,
                "[Manager]\nRuntimeWatchdogSec=" + system.watchdogSeconds() + "\n");
          }
        });
  }

  /**
   * What the image fetches packages from is said by the specification alone, never by the machine
   * that built it.
   */
  private void aptSources(Tree tree, TreeBuilder t, Stamp stamp) {
    t.remove(TreePath.of("/etc/apt/sources.list"));
    for (TreePath path : tree.children(TreePath.of("/etc/apt/sources.list.d"))) {
      t.remove(path);
    }
    if (spec.imageSources().isEmpty()) {
      return;
    }
    var text = new StringBuilder();
    for (AptSource source : spec.imageSources()) {
      var suites = source.suites().isEmpty() ? List.of(spec.suite()) : source.suites();
      text.append(text.length() > 0 ? "\n" : "")
          .append("Types: deb\nURIs: ")
          .append(String.join(" ", source.uris()));
      text.append("\nSuites: ")
          .append(String.join(" ", suites))
          .append("\nComponents: ")
          .append(String.join(" ", source.components()))
          .append('\n');
      source
          .keyringText()
          .ifPresent(keyring -> text.append("Signed-By: ").append(keyring).append('\n'));
    }
    stamp.file(t, "/etc/apt/sources.list.d/image.sources", 0644, text.toString());
  }

  /**
   * Keys lie in the release and not in a home directory, so that a later release can take them away
   * again.
   */
  private void sshKeys(Tree tree, TreeBuilder t, Stamp stamp) {
    var keys = new TreeMap<String, List<String>>();
    if (!spec.system().rootSshKeys().isEmpty()) {
      keys.put("root", spec.system().rootSshKeys());
    }
    for (User user : spec.system().users()) {
      if (!user.sshKeys().isEmpty()) {
        keys.put(user.name(), user.sshKeys());
      }
    }
    if (keys.isEmpty() || !tree.contains("/usr/sbin/sshd")) {
      return;
    }
    keys.forEach(
        (user, lines) ->
            stamp.file(t, SSH_KEYS + "/" + user, 0644, String.join("\n", lines) + "\n"));
    stamp.file(
        t,
        "/etc/ssh/sshd_config.d/slipway.conf",
        0644,
        "AuthorizedKeysFile .ssh/authorized_keys " + SSH_KEYS + "/%u\n");
  }

  private Tree withUnits(Tree tree, Stamp stamp) throws BuildException {
    var units = new Units(stamp);
    Tree changed = tree;
    for (String unit : spec.system().enabledUnits()) {
      changed = units.enabled(changed, unit);
    }
    for (String unit : spec.system().disabledUnits()) {
      changed = units.disabled(changed, unit);
    }
    for (String unit : spec.system().maskedUnits()) {
      changed = units.masked(changed, unit);
    }
    return changed;
  }
}
