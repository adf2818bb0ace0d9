// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.SampleMenus;
import dev.slipway.bootconfig.StoreCuts;
import dev.slipway.bootconfig.StoreCuts.Cut;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.fs.fat.FatVolume;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Volume;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real GRUB over every state that a power cut can leave the boot store in. All of them lie on one
 * EFI system partition, a directory each, and one start runs our script over each: what it chooses
 * and what it writes must be what the model of GRUB says.
 */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/share/OVMF/OVMF_CODE_4M.ms.fd", in = "ovmf")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
class GrubTornWritesTest {
  @ParameterizedTest
  @EnumSource(
      value = Firmware.class,
      names = {"BIOS", "SECURE_BOOT"})
  void realGrubChoosesAndCountsAsTheModelDoes(Firmware firmware, @TempDir Path temp)
      throws Exception {
    List<Cut> cuts = sample(StoreCuts.all());
    DiskImage disk = disk(cuts);
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_B, slot());
    try (var machine =
        VirtualMachine.with(firmware).disk(VirtualDisk.kept(image, Bus.SATA)).start(temp)) {
      for (int i = 0; i < cuts.size(); i++) {
        String found = machine.waitFor("^CUT " + i + " slot=\\w+ A\\d B\\d", Duration.ofMinutes(1));
        assertThat(found.substring(found.indexOf('=') + 1))
            .as(cuts.get(i).what())
            .isEqualTo(StoreCuts.choice(cuts.get(i).blocks()))
            .isIn(cuts.get(i).allowed());
      }
      machine.waitFor("^ALL CUTS DONE");
    }
    var esp = disk.partition(DiskLayout.ESP).orElseThrow();
    try (BlockSource source = BlockSource.file(image)) {
      FatVolume volume = Fat.read(source.slice(esp.offsetBytes(), esp.sizeBytes()), "esp");
      for (int i = 0; i < cuts.size(); i++) {
        byte[][] expected = StoreCuts.counted(cuts.get(i).blocks());
        for (int block = 0; block < 2; block++) {
          assertThat(volume.tree().read(place(i, block)))
              .as(cuts.get(i).what())
              .isEqualTo(expected[block]);
        }
      }
    }
  }

  /** GRUB keeps what it has parsed, so that one start takes some hundred of them, not all. */
  private static List<Cut> sample(List<Cut> all) {
    int count = Boolean.getBoolean("slipway.long") ? 120 : 40;
    var some = new ArrayList<Cut>();
    for (int i = 0; i < count; i++) {
      some.add(all.get((int) ((long) i * (all.size() - 1) / (count - 1))));
    }
    return some;
  }

  private static String place(int cut, int block) {
    return "/cut/" + cut + "/grubenv." + (block + 1);
  }

  private static DiskImage disk(List<Cut> cuts) throws Exception {
    var script = new StringBuilder();
    script.append("if serial --unit=0 --speed=115200; then\n");
    script.append("  terminal_input serial\n  terminal_output serial\nfi\nset where=\"$prefix\"\n");
    script.append("regexp --set=1:esp '^(\\([^)]*\\))' \"$prefix\"\n");
    for (int i = 0; i < cuts.size(); i++) {
      script.append("set prefix=\"$esp/cut/" + i + "\"\nsource \"$where/ours.cfg\"\n");
      script.append("echo \"CUT " + i + " slot=$default A$A_TRY B$B_TRY\"\n");
    }
    script.append("set prefix=\"$where\"\necho 'ALL CUTS DONE'\nsleep 1000\n");
    Tree tools = InstalledPackages.tools();
    var bios = GrubBios.of(tools, SampleMenus.ab().biosPrefix(), script.toString());
    Tree files =
        GrubEfi.of(tools)
            .esp(SampleMenus.ab(), SampleMenus.ab().freshState(java.util.Set.of()))
            .with(
                t -> {
                  t.file("/EFI/debian/ours.cfg", 0644, Content.utf8(quietly()));
                  t.remove(TreePath.of("/EFI/BOOT/grub.cfg"));
                  t.file("/EFI/BOOT/grub.cfg", 0644, Content.utf8(script.toString()));
                  for (int i = 0; i < cuts.size(); i++) {
                    for (int block = 0; block < 2; block++) {
                      Content content = Content.bytes(cuts.get(i).blocks()[block]);
                      t.file(place(i, block), 0644, content);
                    }
                  }
                });
    long coreLba = DiskLayout.BIOS_OFFSET.bytes() / GrubBios.SECTOR_BYTES;
    byte[] core = bios.core(coreLba);
    return DiskLayout.AB
        .plan(
            TinySystem.IDENTITY,
            new DiskLayout.Parts(
                "amd64",
                bios.bootCode(coreLba),
                ComposedVolume.build(core.length, v -> v.bytes(0, core)),
                Fat.of(files, FatOptions.of(Size.mib(64), TinySystem.IDENTITY.fatSerial("esp"))),
                slot(),
                Optional.empty(),
                Optional.empty(),
                slot()))
        .build();
  }

  /** What GRUB takes for a system until it loads it. */
  private static Volume slot() {
    return Ext4.of(
        Tree.of(
            t ->
                t.file("/vmlinuz", 0644, Content.utf8("kernel\n"))
                    .file("/initrd.img", 0644, Content.utf8("initramfs\n"))),
        Ext4Options.readOnly(TinySystem.IDENTITY.fileSystemId("slot"), 0));
  }

  /** Our script, less the lines that would set up the console again for each cut. */
  private static String quietly() {
    String text = SampleMenus.ab().grubConfiguration();
    return text.substring(text.indexOf("# the disk this script"));
  }
}
