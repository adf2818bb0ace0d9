// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What must hold for any bytes, any alignments and any side information. */
final class CodeModelProperties {
  private static final CodeModel MODEL = CodeModel.of(CodeContext.NONE);

  /** A file with a section of every kind, full of numbers that may be references. */
  private static byte[] file(Random random, boolean relocatable) {
    ElfFile file =
        relocatable ? ElfFile.module() : new ElfFile(2 + random.nextInt(2), machine(random));
    String[] names = {
      ".text",
      ".init_array",
      ".rodata",
      ".eh_frame",
      ".eh_frame_hdr",
      ".dynamic",
      "__versions",
      ".BTF",
      "__ksymtab",
      ".data"
    };
    long address = 0x1000;
    for (String name : names) {
      byte[] content = content(random, 200 + random.nextInt(3000));
      file.section(name, 1, name.equals(".text") ? 6 : 2, address, 0, 0, content);
      address += content.length + random.nextInt(64);
    }
    file.section(".dynsym", Section.DYNSYM, 2, address, 3, 0, content(random, 24 * 20));
    file.section(".rela.dyn", Section.RELA, 2, address + 600, 11, 1, content(random, 24 * 30));
    file.section(".bss", Section.NOBITS, 2, address + 0x1000, 0, 0, new byte[500]);
    return file.build();
  }

  private static int machine(Random random) {
    return random.nextBoolean() ? ElfHeaders.X86_64 : ElfHeaders.AARCH64;
  }

  private static byte[] content(Random random, int length) {
    var content = new byte[length];
    random.nextBytes(content);
    int[] opcodes = {0xe8, 0xe9, 0x0f, 0x84, 0x48, 0x8d, 0x05, 0x94, 0x90, 0xb0};
    for (int i = 0; i < length; i++) {
      if (random.nextInt(3) > 0) { // most numbers are small, as addresses are
        content[i] =
            (byte)
                (random.nextInt(4) == 0
                    ? opcodes[random.nextInt(opcodes.length)]
                    : random.nextInt(32) == 0 ? 0x10 : 0);
      }
    }
    return content;
  }

  private static List<Alignment> alignments(Random random, int oldSize, int newSize) {
    var alignments = new ArrayList<Alignment>();
    int at = random.nextInt(64);
    while (at < newSize - 1) {
      int length = 1 + random.nextInt(Math.min(newSize - at, 4000));
      int old = random.nextInt(3) > 0 ? at + random.nextInt(16) : random.nextInt(oldSize);
      if (old + length <= oldSize) {
        alignments.add(new Alignment(at, old, length));
      }
      at += length + random.nextInt(100);
    }
    return alignments;
  }

  private static byte[] mutated(Random random, byte[] bytes, int times) {
    byte[] mutated = bytes.clone();
    for (int i = 0; i < times && mutated.length > 0; i++) {
      mutated[random.nextInt(mutated.length)] =
          (byte) (random.nextBoolean() ? random.nextInt() : -random.nextInt(2));
    }
    return mutated;
  }

  private static byte[] predict(
      byte[] old, List<Alignment> alignments, byte[] side, int size, int piece) throws IOException {
    var predicted = new byte[size];
    CodePredictor predictor = MODEL.predictor(BlockSource.bytes(old), alignments, side);
    for (int at = 0; at < size; at += piece) {
      predictor.predict(at, predicted, at, Math.min(piece, size - at));
    }
    return predicted;
  }

  @Property(tries = 150)
  void thePiecesAskedForDoNotMatter(
      @ForAll long seed,
      @ForAll boolean relocatable,
      @ForAll @IntRange(min = 1, max = 700) int piece)
      throws IOException {
    var random = new Random(seed);
    byte[] old = file(random, relocatable);
    byte[] now = mutated(random, file(new Random(seed), relocatable), 300);
    List<Alignment> alignments = alignments(random, old.length, now.length);
    byte[] side = MODEL.describe(BlockSource.bytes(old), BlockSource.bytes(now), alignments);
    byte[] whole = predict(old, alignments, side, now.length, now.length);
    assertThat(Arrays.mismatch(predict(old, alignments, side, now.length, piece), whole))
        .isEqualTo(-1);
    assertThat(MODEL.describe(BlockSource.bytes(old), BlockSource.bytes(now), alignments))
        .isEqualTo(side);
  }

  @Property(tries = 150)
  void onlyFormatExceptionComesOutOfBrokenHeadersAndSides(
      @ForAll long seed, @ForAll boolean relocatable) throws IOException {
    var random = new Random(seed);
    byte[] old = file(random, relocatable);
    byte[] now = mutated(random, file(new Random(seed), relocatable), 300);
    List<Alignment> alignments = alignments(random, old.length, now.length);
    byte[] side = MODEL.describe(BlockSource.bytes(old), BlockSource.bytes(now), alignments);
    for (int i = 0; i < 20; i++) {
      byte[] brokenOld = brokenHeaders(random, old);
      byte[] brokenSide = i % 2 == 0 ? side : mutated(random, side, 1 + random.nextInt(3));
      try {
        predict(brokenOld, alignments, brokenSide, now.length, 4096);
      } catch (FormatException e) {
        assertThat(e).hasMessageMatching("(?s)(model of code|alignment).*");
      }
      MODEL.describe(BlockSource.bytes(brokenOld), BlockSource.bytes(now), alignments);
      MODEL.describe(
          BlockSource.bytes(old), BlockSource.bytes(brokenHeaders(random, now)), alignments);
      MODEL.blankOld(brokenOld.clone());
    }
  }

  /** Changes bytes of the ELF header and of the section headers, which are at the end. */
  private static byte[] brokenHeaders(Random random, byte[] file) {
    byte[] broken = file.clone();
    for (int i = 0; i < 8; i++) {
      int at =
          random.nextInt(4) == 0 ? 16 + random.nextInt(48) : file.length - 1 - random.nextInt(800);
      broken[at] = (byte) (random.nextBoolean() ? random.nextInt() : -random.nextInt(2));
    }
    return broken;
  }

  @Property(tries = 300)
  void onlyFormatExceptionComesOutOfAnyContext(@ForAll @Size(max = 60) byte[] bytes)
      throws IOException {
    try {
      assertThat(CodeContext.read(bytes).memoryBytes()).isNotNegative();
    } catch (FormatException e) {
      assertThat(e).hasMessageStartingWith("context of code: ");
    }
  }

  @Property(tries = 100)
  void oldBytesGoWhereTheLongestAlignmentTookThem(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    List<Alignment> alignments = alignments(random, 20_000, 20_000);
    OffsetMap.check(alignments, 20_000);
    if (alignments.isEmpty()) {
      return;
    }
    OffsetMap map = OffsetMap.of(alignments, 20_000);
    for (int i = 0; i < 500; i++) {
      long old = random.nextInt(20_000);
      Alignment best = null;
      for (Alignment a : alignments) {
        boolean covers = old >= a.oldOffset() && old < a.oldOffset() + a.length();
        if (covers && (best == null || a.length() > best.length())) {
          best = a;
        }
      }
      if (best != null) {
        assertThat(map.map(old)).isEqualTo(old - best.oldOffset() + best.newOffset());
      }
    }
  }
}
