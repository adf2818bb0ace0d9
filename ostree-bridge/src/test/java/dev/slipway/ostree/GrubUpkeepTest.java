// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.DeploymentMenu;
import dev.slipway.bootconfig.DeploymentMenu.Named;
import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.bootconfig.LoaderEntry;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrubUpkeepTest {
  @TempDir Path sysroot;

  private Path script() throws Exception {
    Path script = sysroot.resolve("write-grub-cfg");
    Files.write(
        script, GrubUpkeep.addedTo(Tree.empty(), 0).read("/usr/lib/slipway/write-grub-cfg"));
    return script;
  }

  /** Entries 1 to count as ostree writes them, the last the newest. */
  private List<Named> entries(int count, String title, KernelCommandLine more) throws Exception {
    Files.createDirectories(sysroot.resolve("boot/loader.0/entries"));
    Files.createSymbolicLink(sysroot.resolve("boot/loader"), Path.of("loader.0"));
    var all = new ArrayList<Named>();
    for (int version = count; version > 0; version--) {
      String deployment = "c0ffee" + version + ".0";
      String link = "/ostree/boot.0/debian/abc/" + version;
      Path path = sysroot.resolve(link.substring(1));
      Files.createDirectories(path.getParent());
      Files.createSymbolicLink(path, Path.of("../../../deploy/debian/deploy/" + deployment));
      var entry =
          new LoaderEntry(
              title + " " + version,
              version,
              KernelCommandLine.of("root=PARTUUID=1-2-3", "rw")
                  .and(more)
                  .and(KernelCommandLine.of("ostree=" + link)),
              "/ostree/debian-abc/vmlinuz-6.1",
              "/ostree/debian-abc/initramfs-6.1.img");
      Files.writeString(
          sysroot.resolve("boot/loader/entries/ostree-" + version + "-debian.conf"), entry.text());
      all.add(new Named(deployment, entry));
    }
    return all;
  }

  private Tool.Result run() throws Exception {
    return Tool.run(
        Map.of(),
        "sh",
        script().toString(),
        sysroot.resolve("boot").toString(),
        sysroot.toString());
  }

  @Test
  void theShellScriptWritesWhatJavaWrites() throws Exception {
    List<Named> entries =
        entries(
            12,
            "Robot's system (ostree:0)",
            KernelCommandLine.of("quiet", "dyndbg=file x.c +p", "a;b", "$x", "{y}"));

    assertThat(run().output()).isEmpty();

    assertThat(sysroot.resolve("boot/grub/grub.cfg")).hasContent(DeploymentMenu.of(entries));
  }

  @Test
  @RequiresTool(value = "grub-script-check", in = "grub-common")
  void grubParsesIt() throws Exception {
    entries(2, "Robot's system", KernelCommandLine.of("dyndbg=file x.c +p", "$x"));
    run();

    assertThat(Tool.output("grub-script-check", sysroot.resolve("boot/grub/grub.cfg").toString()))
        .isEmpty();
  }

  @Test
  void nothingToStartLeavesTheOldMenu() throws Exception {
    entries(1, "Debian", KernelCommandLine.NONE);
    run();
    String before = Files.readString(sysroot.resolve("boot/grub/grub.cfg"));
    Files.delete(sysroot.resolve("boot/loader/entries/ostree-1-debian.conf"));

    Tool.Result result = run();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("there is no entry in").contains("stays as it is");
    assertThat(sysroot.resolve("boot/grub/grub.cfg")).hasContent(before);
  }

  @Test
  void anEntryThatLeadsNowhereLeavesTheOldMenu() throws Exception {
    entries(1, "Debian", KernelCommandLine.NONE);
    run();
    String before = Files.readString(sysroot.resolve("boot/grub/grub.cfg"));
    Files.delete(sysroot.resolve("ostree/boot.0/debian/abc/1"));

    assertThat(run().status()).isEqualTo(1);
    assertThat(sysroot.resolve("boot/grub/grub.cfg")).hasContent(before);
  }
}
