// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMAInputStream;

@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
class GrubBiosTest {
  private static final String DIRECTORY = "/usr/lib/grub/i386-pc";
  private static final String PREFIX = "(,gpt2)/EFI/debian";
  private static final String SCRIPT = "echo ready\n";
  private static final int DECOMPRESSOR_BYTES = 2848;

  private static Tree packages() {
    return InstalledPackages.below(DIRECTORY);
  }

  @Test
  void bootCodePointsAtTheCoreImageAndTrustsNoDriveNumber() throws Exception {
    byte[] shipped = Files.readAllBytes(Path.of(DIRECTORY, "boot.img"));
    byte[] code = GrubBios.of(packages(), PREFIX, SCRIPT).bootCode(2048);
    assertThat(code).hasSize(440);
    assertThat(Arrays.copyOfRange(code, 0x5C, 0x64)).isEqualTo(hex("00 08 00 00 00 00 00 00"));
    assertThat(Arrays.copyOfRange(code, 0x66, 0x68)).isEqualTo(hex("90 90"));
    byte[] rest = shipped.clone();
    System.arraycopy(code, 0x5C, rest, 0x5C, 8);
    System.arraycopy(code, 0x66, rest, 0x66, 2);
    assertThat(code).isEqualTo(Arrays.copyOf(rest, 440));
  }

  @Test
  void coreImageNamesWhereTheRestOfItLies() throws Exception {
    GrubBios grub = GrubBios.of(packages(), PREFIX, SCRIPT);
    byte[] core = grub.core(2048);
    assertThat(core).hasSize(grub.coreBytes());
    assertThat(core.length % 512).isZero();
    ByteBuffer in = ByteBuffer.wrap(core).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(in.getLong(500)).isEqualTo(2049);
    assertThat(in.getShort(508)).isEqualTo((short) (core.length / 512 - 1));
    assertThat(in.getShort(510)).isEqualTo((short) 0x820);
    assertThat(core[512 + 0x1A]).as("dos_part: place 1").isZero();
    assertThat(core.length).isLessThan(1 << 20);
  }

  @Test
  void sameBytesEveryTime() throws Exception {
    assertThat(GrubBios.of(packages(), PREFIX, SCRIPT).core(34))
        .isEqualTo(GrubBios.of(packages(), PREFIX, SCRIPT).core(34));
  }

  @Test
  @RequiresTool(value = "grub-mkimage", in = "grub-common")
  void unpacksToWhatGrubMkimageMakesUpToTheOrderOfModules(@TempDir Path temp) throws Exception {
    Path made = temp.resolve("core.img");
    var command = new ArrayList<>(List.of("grub-mkimage", "-O", "i386-pc", "-d", DIRECTORY, "-o"));
    command.add(made.toString());
    Path disk = temp.resolve("memdisk");
    var archive = new java.io.ByteArrayOutputStream();
    CpioWriter.write(Tree.of(t -> t.file("/grub.cfg", 0644, Content.utf8(SCRIPT))), archive);
    Files.write(disk, archive.toByteArray());
    Path first = Files.writeString(temp.resolve("first"), "normal (memdisk)/grub.cfg\n");
    command.addAll(List.of("-m", disk.toString(), "-c", first.toString(), "-p", PREFIX));
    command.addAll(GrubBios.MODULES);
    Tool.output(command.toArray(String[]::new));

    byte[] theirs = unpacked(Files.readAllBytes(made));
    byte[] ours = unpacked(GrubBios.of(packages(), PREFIX, SCRIPT).core(2048));
    assertThat(ours).hasSameSizeAs(theirs);
    int kernelBytes = indexOf(theirs, "mimg".getBytes(StandardCharsets.US_ASCII));
    assertThat(Arrays.copyOf(ours, kernelBytes + 12))
        .as("kernel and header")
        .isEqualTo(Arrays.copyOf(theirs, kernelBytes + 12));
    assertThat(objects(ours, kernelBytes))
        .containsExactlyInAnyOrderElementsOf(objects(theirs, kernelBytes));
  }

  @Test
  void saysWhichPackageLacks() {
    assertThatThrownBy(() -> GrubBios.of(Tree.empty(), PREFIX, SCRIPT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/usr/lib/grub/i386-pc/boot.img is missing; add the package grub-pc-bin");
  }

  @Test
  void namesAModuleThatDoesNotExist() {
    assertThatThrownBy(
            () -> GrubBios.of(packages(), PREFIX, SCRIPT, List.of("normal", "frobnicate")))
        .isInstanceOf(FormatException.class)
        .hasMessage("/usr/lib/grub/i386-pc/moddep.lst: there is no module \"frobnicate\"");
  }

  @Test
  void refusesDamagedFiles() throws Exception {
    for (String name : List.of("boot.img", "diskboot.img", "kernel.img", "ext2.mod")) {
      byte[] whole = Files.readAllBytes(Path.of(DIRECTORY, name));
      for (int kept : List.of(0, 1, 40, 100, 511, whole.length / 2)) {
        if (kept >= whole.length) {
          continue;
        }
        byte[] cut = Arrays.copyOf(whole, kept);
        Tree damaged =
            packages().with(t -> t.file(DIRECTORY + "/" + name, 0644, Content.bytes(cut)));
        assertThatThrownBy(() -> GrubBios.of(damaged, PREFIX, SCRIPT))
            .as("%s cut to %d bytes", name, kept)
            .isInstanceOf(FormatException.class)
            .hasMessageContaining(name);
      }
    }
  }

  @Test
  void refusesADamagedListOfModules() throws Exception {
    for (String text : List.of("", "ext2: fshelp", "ext2 fshelp\n", "a: b\nb: a\n", "\0\n")) {
      Tree damaged =
          packages().with(t -> t.file(DIRECTORY + "/moddep.lst", 0644, Content.utf8(text)));
      assertThatThrownBy(() -> GrubBios.of(damaged, PREFIX, SCRIPT, List.of("a")))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("/usr/lib/grub/i386-pc/moddep.lst: ");
    }
  }

  private static byte[] unpacked(byte[] core) throws Exception {
    ByteBuffer in = ByteBuffer.wrap(core).order(ByteOrder.LITTLE_ENDIAN);
    int size = in.getInt(512 + 0x0C);
    var compressed =
        new ByteArrayInputStream(
            core, 512 + DECOMPRESSOR_BYTES, core.length - 512 - DECOMPRESSOR_BYTES);
    try (var decoder = new LZMAInputStream(compressed, size, (byte) 0x5D, 1 << 16)) {
      return decoder.readAllBytes();
    }
  }

  private static List<String> objects(byte[] payload, int header) {
    ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    var found = new ArrayList<String>();
    for (int at = header + 12; at < payload.length; at += in.getInt(at + 4)) {
      byte[] object = Arrays.copyOfRange(payload, at, at + in.getInt(at + 4));
      found.add(HexFormat.of().formatHex(object));
    }
    return found;
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i += 4) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  private static byte[] hex(String text) {
    return HexFormat.ofDelimiter(" ").parseHex(text);
  }
}
