// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ElfImageTest {
  @Test
  @RequiresTool(value = "readelf", in = "binutils")
  void readsWhatReadelfReads() throws Exception {
    for (String name : List.of("e2fsck", "resize2fs", "sfdisk", "busybox", "sh")) {
      Path path = Tool.find(name).orElseThrow().toRealPath();
      ElfImage elf = ElfImage.read(name, Files.readAllBytes(path));
      assertThat(elf.needed())
          .as(name)
          .isEqualTo(
              found("\\(NEEDED\\).*\\[(.*)\\]", Tool.output("readelf", "-dW", path.toString())));
      assertThat(elf.interpreter().stream().toList())
          .as(name)
          .isEqualTo(found("interpreter: (.*)\\]", Tool.output("readelf", "-lW", path.toString())));
    }
  }

  private static List<String> found(String regex, String output) {
    return Pattern.compile(regex).matcher(output).results().map(m -> m.group(1)).toList();
  }

  @Test
  void findsSectionsByName() throws Exception {
    ElfImage elf = ElfImage.read("x.ko", SampleElf.module("a=b"));
    assertThat(elf.section(".modinfo")).contains(new byte[] {'a', '=', 'b', 0});
    assertThat(elf.section(".text")).isEmpty();
    assertThat(elf.needed()).isEmpty();
  }

  @Test
  void refusesOtherFiles() {
    assertThatThrownBy(() -> ElfImage.read("x", new byte[0]))
        .isInstanceOf(FormatException.class)
        .hasMessage("x: byte 0: e_ident: expected the magic number of ELF");
    byte[] wrongClass = SampleElf.module("a=b");
    wrongClass[4] = 3;
    assertThatThrownBy(() -> ElfImage.read("x", wrongClass))
        .hasMessage("x: byte 4: EI_CLASS: found 3, expected 1 or 2");
    byte[] bigEndian = SampleElf.module("a=b");
    bigEndian[5] = 2;
    assertThatThrownBy(() -> ElfImage.read("x", bigEndian))
        .hasMessage("x: byte 5: EI_DATA: found 2, expected 1 (little-endian)");
  }

  @Test
  void aProgramCutAnywhereIsReadOrRefused() throws Exception {
    byte[] whole = Files.readAllBytes(Tool.find("sh").orElseThrow().toRealPath());
    for (int kept = 0; kept < whole.length; kept += kept < 4096 ? 7 : 997) {
      byte[] cut = Arrays.copyOf(whole, kept);
      try {
        ElfImage elf = ElfImage.read("sh", cut);
        elf.needed();
        elf.interpreter();
        elf.section(".text");
      } catch (FormatException e) {
        assertThat(e).hasMessageStartingWith("sh: ");
      }
    }
  }
}
