// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.codec.Codec;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresTool(value = "busybox", in = "busybox-static")
@RequiresTool(value = "sfdisk", in = "fdisk")
@RequiresTool(value = "resize2fs", in = "e2fsprogs")
class InitramfsTest {
  private static final String VERSION = "6.1.0-9-test";
  private static Tree tools;

  @BeforeAll
  static void readTools() {
    tools = InstalledPackages.tools();
  }

  private static Tree kernel() {
    return Tree.of(
        t -> {
          t.symlink("/lib", "usr/lib");
          module(t, "fs/overlay", "alias=fs-overlay", "depends=");
          module(t, "fs/vfat", "depends=fat");
          module(t, "fs/fat", "depends=");
          module(t, "drivers/virtio_blk", "alias=virtio:d00000002v*", "depends=virtio-ring,virtio");
          module(t, "drivers/virtio_ring", "depends=virtio");
          module(t, "drivers/virtio", "depends=");
          module(t, "drivers/unrelated", "depends=");
          t.file(
              "/usr/lib/modules/" + VERSION + "/modules.builtin",
              0644,
              Content.utf8("kernel/fs/ext4/ext4.ko\n"));
        });
  }

  private static void module(TreeBuilder t, String path, String... lines) {
    t.file(
        "/usr/lib/modules/" + VERSION + "/kernel/" + path + ".ko",
        0644,
        Content.bytes(SampleElf.module(lines)));
  }

  @Test
  void holdsTheModulesThatAreNeededAndWhatModprobeReads() throws Exception {
    Tree tree = Initramfs.tree(kernel(), tools, InitramfsOptions.DEFAULT);
    String directory = "/lib/modules/" + VERSION + "/";
    assertThat(text(tree, directory + "modules.dep"))
        .isEqualTo(
            "overlay.ko:\n"
                + "fat.ko:\nvfat.ko: fat.ko\n"
                + "virtio.ko:\nvirtio_ring.ko: virtio.ko\n"
                + "virtio_blk.ko: virtio_ring.ko virtio.ko\n");
    assertThat(text(tree, directory + "modules.alias"))
        .isEqualTo("alias fs-overlay overlay\nalias virtio:d00000002v* virtio_blk\n");
    assertThat(tree.contains(directory + "virtio_blk.ko")).isTrue();
    assertThat(tree.contains(directory + "unrelated.ko")).isFalse();
    assertThat(text(tree, "/etc/slipway"))
        .isEqualTo("always='overlay vfat'\nbinds='var home root srv'\noverlays='etc'\n");
  }

  @Test
  void programsRunInsideWithTheirLibraries(@TempDir Path temp) throws Exception {
    Tree tree = Initramfs.tree(kernel(), tools, InitramfsOptions.DEFAULT);
    for (String program : List.of("e2fsck", "resize2fs", "sfdisk")) {
      assertThat(tree.contains("/sbin/" + program)).isTrue();
    }
    // the loader itself, told to look into this directory alone, lists what a program lacks
    var files = tree.entries().keySet();
    for (var path : files) {
      if (path.toString().startsWith("/lib") && !path.toString().startsWith("/lib/modules")) {
        Path target = temp.resolve(path.relative());
        if (tree.inode(path).orElseThrow() instanceof dev.slipway.tree.Node.RegularFile file) {
          Files.createDirectories(target.getParent());
          Files.write(target, file.content().readAll());
          assertThat(target.toFile().setExecutable(true)).isTrue();
        }
      }
    }
    for (String program : List.of("e2fsck", "resize2fs", "sfdisk")) {
      Tool.Result result =
          Tool.run(
              Map.of("LD_LIBRARY_PATH", temp.resolve("lib").toString()),
              temp.resolve("lib64/ld-linux-x86-64.so.2").toString(),
              "--inhibit-cache",
              "--list",
              Tool.find(program).orElseThrow().toString());
      assertThat(result.output())
          .doesNotContain("not found")
          .doesNotContain("=> /lib/")
          .doesNotContain("=> /usr/");
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void scriptIsOneThatBusyboxParses(@TempDir Path temp) throws Exception {
    Tree tree = Initramfs.tree(kernel(), tools, InitramfsOptions.DEFAULT);
    Path script = temp.resolve("init");
    Files.write(script, tree.read("/init"));
    assertThat(Tool.output("busybox", "sh", "-n", script.toString())).isEmpty();
  }

  @Test
  void everyAppletTheScriptUsesIsThere() throws Exception {
    Tree tree = Initramfs.tree(kernel(), tools, InitramfsOptions.DEFAULT);
    requireApplets(tree, text(tree, "/init") + text(tree, "/init-deployment"));
    Tree recovery =
        RecoverySystem.tree(kernel(), tools, InitramfsOptions.DEFAULT, Optional.empty());
    requireApplets(
        recovery,
        text(recovery, "/init")
            + text(recovery, "/init-recovery")
            + text(recovery, "/bin/slipway-boot"));
    Tree burning =
        RecoverySystem.tree(kernel(), tools, InitramfsOptions.DEFAULT, Optional.of(burn()));
    requireApplets(
        burning,
        text(burning, "/init-recovery")
            + text(burning, "/init-burn")
            + text(burning, "/bin/dhcp-lease"));
  }

  private static RecoveryBurn burn() {
    return new RecoveryBurn(
        Content.utf8("keys\n"),
        "tiny",
        7,
        1_700_000_000,
        List.of("disk", "http://a.example/b?c=d"),
        true);
  }

  private static void requireApplets(Tree tree, String script) throws Exception {
    List<String> applets = Tool.output("busybox", "--list").lines().toList();
    assertThat(applets)
        .containsAll(
            tree.children(TreePath.of("/bin")).stream()
                .filter(path -> tree.node(path).orElseThrow() instanceof Node.Symlink)
                .map(TreePath::name)
                .toList());
    for (String applet : applets) {
      boolean used =
          script.matches(
              "(?s).*(^|\\n|[|(;&]|then|do|!|patiently)\\s*"
                  + java.util.regex.Pattern.quote(applet)
                  + " .*");
      boolean builtIn = List.of("[", "test", "true", "false", "umask", "time").contains(applet);
      if (used && !builtIn) {
        boolean there = tree.contains("/bin/" + applet) || tree.contains("/sbin/" + applet);
        assertThat(there).as(applet).isTrue();
      }
    }
  }

  @Test
  void recoveryIsTheSameWithToolsForWhoeverSitsThere(@TempDir Path temp) throws Exception {
    Tree plain = Initramfs.tree(kernel(), tools, InitramfsOptions.DEFAULT);
    Tree recovery =
        RecoverySystem.tree(kernel(), tools, InitramfsOptions.DEFAULT, Optional.empty());
    assertThat(recovery.entries().keySet()).containsAll(plain.entries().keySet());
    assertThat(plain.contains("/init-recovery")).isFalse();
    assertThat(recovery.contains("/sbin/mke2fs")).isTrue();
    for (String path : List.of("/init-recovery", "/bin/slipway-boot")) {
      Path script = temp.resolve("script");
      Files.write(script, recovery.read(path));
      assertThat(Tool.output("busybox", "sh", "-n", script.toString())).isEmpty();
    }
    Tree bootable =
        kernel().with(t -> t.file("/boot/vmlinuz-" + VERSION, 0644, Content.utf8("kernel")));
    Tree partition = RecoverySystem.of(bootable, tools, InitramfsOptions.DEFAULT);
    assertThat(text(partition, "/vmlinuz")).isEqualTo("kernel");
    Tree again = RecoverySystem.of(bootable, tools, InitramfsOptions.DEFAULT);
    assertThat(partition.read("/initrd.img")).isEqualTo(again.read("/initrd.img"));
    assertThatThrownBy(() -> RecoverySystem.of(kernel(), tools, InitramfsOptions.DEFAULT))
        .hasMessage("the tree has no kernel /boot/vmlinuz-" + VERSION);
  }

  @Test
  void recoveryWritesReleasesOnlyWithAKeyring(@TempDir Path temp) throws Exception {
    Tree without = RecoverySystem.tree(kernel(), tools, InitramfsOptions.DEFAULT, Optional.empty());
    Tree with = RecoverySystem.tree(kernel(), tools, InitramfsOptions.DEFAULT, Optional.of(burn()));
    for (String path : List.of("/init-burn", "/bin/openssl", "/sbin/dmsetup", "/bin/wget")) {
      assertThat(without.contains(path)).as(path).isFalse();
      assertThat(with.contains(path)).as(path).isTrue();
    }
    for (String path : List.of("/init-burn", "/bin/dhcp-lease")) {
      Path script = temp.resolve("script");
      Files.write(script, with.read(path));
      assertThat(Tool.output("busybox", "sh", "-n", script.toString())).isEmpty();
    }
    assertThat(text(with, "/etc/slipway-keyring.pem")).isEqualTo("keys\n");
    assertThat(text(with, "/etc/slipway-burn"))
        .isEqualTo(
            "compatible='tiny'\nsequence=7\nbuilt=1700000000\n"
                + "sources='disk http://a.example/b?c=d'\nunattended=1\n");
    Tree noOpenssl = tools.without(path -> path.name().equals("openssl"));
    assertThatThrownBy(
            () ->
                RecoverySystem.tree(
                    kernel(), noOpenssl, InitramfsOptions.DEFAULT, Optional.of(burn())))
        .hasMessage("the initramfs needs openssl; add the package openssl");
  }

  @Test
  void recoveryRefusesSourcesAndNamesThatTheShellWouldMisread() {
    Content keys = Content.utf8("keys\n");
    for (String source : List.of("stick", "ftp://a.example/b", "http://a/'b", "http://a/ b")) {
      assertThatThrownBy(() -> new RecoveryBurn(keys, "tiny", 0, 0, List.of(source), false))
          .as(source)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "releases come from \"disk\" or an address such as"
                  + " http://update.example/robot.raucb, found \""
                  + source
                  + "\"");
    }
    assertThatThrownBy(() -> new RecoveryBurn(keys, "it's", 0, 0, List.of(), false))
        .hasMessageContaining("letters, digits");
    assertThatThrownBy(() -> new RecoveryBurn(keys, "tiny", 0, 0, List.of(), true))
        .hasMessageContaining("needs to know where");
  }

  @Test
  void sameBytesEveryTimeAndEveryCompressionUnpacksToTheSame() throws Exception {
    byte[] plain = archive(Codec.NONE);
    assertThat(archive(Codec.NONE)).isEqualTo(plain);
    for (Codec codec : List.of(Codec.ZSTD, Codec.GZIP)) {
      byte[] packed = archive(codec);
      assertThat(packed).isEqualTo(archive(codec));
      assertThat(Codec.detect(packed)).isEqualTo(codec);
      assertThat(codec.decode(packed, "initrd", plain.length)).isEqualTo(plain);
    }
  }

  private static byte[] archive(Codec codec) throws Exception {
    return Initramfs.of(kernel(), tools, InitramfsOptions.DEFAULT.withCompression(codec)).readAll();
  }

  @Test
  void saysWhatIsMissing() {
    Tree noOverlay = kernel().without(path -> path.name().equals("overlay.ko"));
    assertThatThrownBy(() -> Initramfs.of(noOverlay, tools, InitramfsOptions.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel 6.1.0-9-test has no overlay, without which no slot starts");
    assertThatThrownBy(() -> Initramfs.of(kernel(), Tree.empty(), InitramfsOptions.DEFAULT))
        .hasMessage("the initramfs needs busybox; add the package busybox-static");
    assertThatThrownBy(
            () ->
                Initramfs.of(
                    kernel(), tools, InitramfsOptions.DEFAULT.withModules(List.of("vertio"))))
        .hasMessage("kernel 6.1.0-9-test has no module vertio; is the name right?");
    Tree noLibrary = tools.without(path -> path.name().startsWith("libext2fs"));
    assertThatThrownBy(() -> Initramfs.of(kernel(), noLibrary, InitramfsOptions.DEFAULT))
        .hasMessage(
            "/usr/sbin/e2fsck: needs libext2fs.so.2, which is in none of the library directories"
                + " of the tree");
  }

  @Test
  void refusesNamesThatWouldBreakTheScript() {
    assertThatThrownBy(
            () ->
                new InitramfsOptions(
                    Optional.empty(), Codec.NONE, List.of("a b"), List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the name of a directory is made of letters and digits: \"a b\"");
  }

  private static String text(Tree tree, String path) throws Exception {
    return new String(tree.read(path), StandardCharsets.UTF_8);
  }
}
