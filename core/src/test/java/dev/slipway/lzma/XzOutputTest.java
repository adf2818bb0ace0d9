// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

class XzOutputTest {
  private static final Parameters PATCHES = new Parameters(8 << 20, 3, 0, 0);

  /** By hand: a stored byte in a block whose dictionary of 8 MiB is 2 times 2 to the 22nd. */
  @Test
  void oneByte() throws IOException {
    byte[] file = compress(new byte[] {'a'}, PATCHES);
    assertThat(HexFormat.of().formatHex(file))
        .startsWith("fd377a585a00" + "0001" + "6922de36" + "0200" + "210116" + "000000")
        .contains("01000061" + "00" + "000000" + "43beb7e8")
        .contains("00" + "01" + "15" + "01")
        .endsWith("01000000" + "0001" + "595a");
    assertThat(new XZInputStream(new ByteArrayInputStream(file)).readAllBytes())
        .containsExactly('a');
  }

  @Test
  void theDictionaryIsToldAsTheNextSizeThatCanBe() throws IOException {
    int codeAt = 16;
    assertThat(compress(new byte[9], new Parameters(1, 3, 0, 0))[codeAt]).isEqualTo((byte) 0);
    assertThat(compress(new byte[9], new Parameters(4097, 3, 0, 0))[codeAt]).isEqualTo((byte) 1);
    assertThat(compress(new byte[9], new Parameters(6145, 3, 0, 0))[codeAt]).isEqualTo((byte) 2);
    assertThat(compress(new byte[9], new Parameters(1 << 29, 3, 0, 0))[codeAt])
        .isEqualTo((byte) 34);
  }

  @Test
  @RequiresTool(value = "xz", in = "xz-utils")
  void xzTestsListsAndReadsIt(@TempDir Path directory) throws Exception {
    for (int size : new int[] {0, 1, 2, 3, 4, 1000, 2_500_000}) {
      byte[] plain = ThoroughLzma2Test.differences(new Random(size), size);
      Path file = directory.resolve(size + ".xz");
      Files.write(file, compress(plain, PATCHES));
      assertThat(Tool.output("xz", "--test", file.toString())).isEmpty();
      assertThat(Tool.output("xz", "--robot", "--list", file.toString()))
          .contains("\t1\t1\t" + Files.size(file) + "\t" + size + "\t", "CRC32");
      Tool.output("xz", "--decompress", file.toString());
      assertThat(directory.resolve(Integer.toString(size))).hasBinaryContent(plain);
    }
  }

  private static byte[] compress(byte[] plain, Parameters parameters) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var xz = new XzOutput(out, parameters, plain.length)) {
      xz.write(plain);
    }
    return out.toByteArray();
  }
}
