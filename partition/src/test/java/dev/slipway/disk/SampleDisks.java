// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.fs.fat.FatType;
import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Volume;
import java.util.Optional;

/** Disks made from generated input, the same on every machine. */
final class SampleDisks {
  static final DiskIdentity IDENTITY = DiskIdentity.of("sample");

  private SampleDisks() {}

  static DiskImage.Builder of(DiskLayout layout, int sectorBytes) {
    Volume esp = esp(sectorBytes);
    DiskLayout.Parts parts =
        new DiskLayout.Parts(
            "amd64",
            pattern(440),
            ComposedVolume.build(70_000, v -> v.bytes(0, pattern(70_000))),
            esp,
            ComposedVolume.build(
                Size.mib(5).bytes(),
                v -> v.bytes(1024, pattern(3_000_000)).bytes(4_500_000, pattern(100_000))),
            Optional.empty(),
            layout == DiskLayout.RECOVERY
                ? Optional.of(ComposedVolume.build(4096, v -> v.bytes(0, pattern(4096))))
                : Optional.empty(),
            ComposedVolume.build(Size.mib(3).bytes(), v -> v.bytes(1024, pattern(5000))));
    return layout.plan(IDENTITY, parts).sectorBytes(sectorBytes);
  }

  static Volume esp(int sectorBytes) {
    Tree tree =
        Tree.of(
            t ->
                t.file("EFI/BOOT/BOOTX64.EFI", 0644, Content.bytes(pattern(200_001)))
                    .file("EFI/debian/grub.cfg", 0644, Content.utf8("set timeout=1\n"))
                    .file("EFI/debian/grubenv", 0644, Content.bytes(environmentBlock())));
    FatType type = sectorBytes == 512 ? FatType.FAT32 : FatType.FAT16;
    return Fat.of(
        tree,
        FatOptions.of(Size.mib(64), IDENTITY.fatSerial("esp"))
            .withType(type)
            .withLabel("ESP")
            .withSectorBytes(sectorBytes));
  }

  static byte[] environmentBlock() {
    byte[] block = "#".repeat(1024).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] text =
        "# GRUB Environment Block\nORDER=A B\nA_OK=1\nA_TRY=0\nB_OK=0\nB_TRY=0\n"
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, block, 0, text.length);
    return block;
  }

  /** Bytes that do not repeat soon and need no generator whose output might change. */
  static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    int state = length | 1;
    for (int i = 0; i < length; i++) {
      state = state * 1_103_515_245 + 12_345;
      bytes[i] = (byte) (state >>> 16);
    }
    return bytes;
  }
}
