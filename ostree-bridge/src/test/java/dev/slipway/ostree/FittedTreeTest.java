// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.arrange.Arrangement;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FittedTreeTest {
  private static final long TIME = 1_700_000_000;

  static void debian(TreeBuilder t) {
    t.directory("/dev", 0755).directory("/proc", 0755).directory("/run/lock", 01777);
    t.directory("/tmp", 01777).directory("/mnt", 0755).directory("/srv/www", 0750);
    t.device("/dev/null", 0666, Special.Kind.CHARACTER_DEVICE, 1, 3);
    t.file("/etc/passwd", 0644, Content.utf8("root:x:0:0:root:/root:/bin/bash\n"));
    t.file("/etc/group", 0644, Content.utf8("root:x:0:\n"));
    t.file("/etc/app.conf", 0640, Content.utf8("level=1\n"));
    t.hardLink("/etc/app.same", "/etc/app.conf");
    t.file("/root/.profile", 0644, Content.utf8("umask 022\n"));
    t.put(TreePath.of("/root"), new Directory(Metadata.mode(0700)));
    t.file("/home/robot/notes", 0600, Content.utf8("mine\n"));
    t.file("/opt/ros/bin/run", 0755, Content.utf8("#!/bin/sh\n"));
    t.file("/var/lib/dpkg/status", 0644, Content.utf8("Package: base-files\n"));
    t.file("/var/log/dpkg.log", 0644, Content.utf8("\n"));
    t.file("/boot/vmlinuz-6.1.0-1-amd64", 0644, Content.utf8("kernel"));
    t.file("/boot/initrd.img-6.1.0-1-amd64", 0600, Content.utf8("initramfs"));
    t.file("/boot/config-6.1.0-1-amd64", 0644, Content.utf8("CONFIG_X=y\n"));
    t.directory("/boot/grub", 0755);
    t.directory("/usr/lib/modules/6.1.0-1-amd64/kernel", 0755);
    t.file("/usr/lib/os-release", 0644, Content.utf8("PRETTY_NAME=\"Debian\"\nID=debian\n"));
    t.symlink("/vmlinuz", "boot/vmlinuz-6.1.0-1-amd64");
  }

  @Test
  void everythingGetsItsPlace() throws Exception {
    Tree fit = FittedTree.of(Tree.of(FittedTreeTest::debian), TIME).tree();

    assertThat(text(fit, "/usr/etc/app.conf")).isEqualTo("level=1\n");
    assertThat(fit.node(TreePath.of("/usr/etc/app.same")).orElseThrow())
        .isEqualTo(new HardLink(TreePath.of("/usr/etc/app.conf")));
    assertThat(fit.contains("/etc")).isFalse();
    String kernel = "/usr/lib/modules/6.1.0-1-amd64/";
    assertThat(text(fit, kernel + "vmlinuz")).isEqualTo("kernel");
    assertThat(text(fit, kernel + "initramfs.img")).isEqualTo("initramfs");
    assertThat(text(fit, kernel + "config")).isEqualTo("CONFIG_X=y\n");
    assertThat(fit.children(TreePath.of("/boot"))).isEmpty();
    assertThat(fit.contains("/vmlinuz")).isFalse();
    assertThat(link(fit, "/ostree")).isEqualTo("sysroot/ostree");
    assertThat(link(fit, "/home")).isEqualTo("var/home");
    assertThat(link(fit, "/root")).isEqualTo("var/roothome");
    assertThat(link(fit, "/srv")).isEqualTo("var/srv");
    assertThat(link(fit, "/mnt")).isEqualTo("var/mnt");
    assertThat(link(fit, "/opt")).isEqualTo("var/opt");
    assertThat(text(fit, "/usr/lib/opt/ros/bin/run")).isEqualTo("#!/bin/sh\n");
    assertThat(text(fit, "/usr/lib/sysimage/dpkg/status")).startsWith("Package:");
    for (String empty : new String[] {"/var", "/dev", "/run", "/proc", "/sys", "/sysroot"}) {
      assertThat(fit.children(TreePath.of(empty))).as(empty).isEmpty();
      assertThat(fit.inode(empty).orElseThrow()).as(empty).isInstanceOf(Directory.class);
    }
  }

  @Test
  void aMachineGetsItsDirectoriesAtTheFirstBoot() throws Exception {
    Tree fit = FittedTree.of(Tree.of(FittedTreeTest::debian), TIME).tree();

    assertThat(text(fit, "/usr/lib/tmpfiles.d/slipway-factory.conf").lines())
        .contains(
            "d /var/home 0755 0 0 -",
            "C /var/home/robot/notes 0600 0 0 - /usr/share/factory/var/home/robot/notes",
            "d /var/roothome 0700 0 0 -",
            "d /var/srv/www 0750 0 0 -",
            "d /var/mnt 0755 0 0 -",
            "L /var/opt/ros - - - - ../../usr/lib/opt/ros")
        .noneMatch(line -> line.startsWith("d /home") || line.startsWith("L /home"));
  }

  @Test
  void theReportNamesWhatWasMovedAndWhatWasLeftOut() throws Exception {
    FittedTree fit = FittedTree.of(Tree.of(FittedTreeTest::debian), TIME);

    assertThat(fit.changes().stream().map(Object::toString))
        .contains(
            "/dev/null left out: filled by the running system",
            "/home -> /var/home: the machine's own",
            "/opt/ros -> /usr/lib/opt/ros: part of the release",
            "/etc -> /usr/etc: defaults of the release",
            "/boot/vmlinuz-6.1.0-1-amd64 -> /usr/lib/modules/6.1.0-1-amd64/vmlinuz: where ostree"
                + " looks",
            "/boot/grub left out: ostree fills it when it deploys");
  }

  @Test
  void thereIsOneKernelOrTheCallerSaysWhich() throws Exception {
    Tree two =
        Tree.of(FittedTreeTest::debian)
            .with(t -> t.file("/boot/vmlinuz-6.1.0-2-amd64", 0644, Content.utf8("newer")));

    assertThatThrownBy(() -> FittedTree.of(two, TIME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a deployment boots one kernel, this tree has 2: 6.1.0-1-amd64, 6.1.0-2-amd64; say"
                + " which, or remove the others");
    Tree fit = FittedTree.of(two, TIME, "6.1.0-2-amd64").tree();
    assertThat(text(fit, "/usr/lib/modules/6.1.0-2-amd64/vmlinuz")).isEqualTo("newer");
    assertThat(fit.contains("/usr/lib/modules/6.1.0-1-amd64/vmlinuz")).isFalse();
  }

  @Test
  void whatIsFitAlreadyIsRefused() throws Exception {
    Tree fit = FittedTree.of(Tree.of(FittedTreeTest::debian), TIME).tree();

    assertThatThrownBy(() -> FittedTree.of(fit, TIME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the tree has /usr/etc, so it is fit for ostree already");
  }

  @Test
  void theSameSystemGivesTheSameTree() throws Exception {
    Tree once = Arrangement.readied(Tree.of(FittedTreeTest::debian), TIME);

    assertThat(FittedTree.of(once, TIME)).isEqualTo(FittedTree.of(once.with(t -> {}), TIME));
  }

  private static String text(Tree tree, String path) throws Exception {
    return new String(tree.read(path), StandardCharsets.UTF_8);
  }

  private static String link(Tree tree, String path) {
    return ((Symlink) tree.inode(path).orElseThrow()).target();
  }
}
