// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Two versions of a small file for each kind of reference. Between the versions four bytes were put
 * in, so that what follows moved; nothing but the references that cross them differs, and every one
 * must come out right.
 */
final class CodeModelTest {
  private static final String NOPS = "90909090 90909090";
  private static final String FOUR_MORE = "cccccccc";

  private final ElfFile before = ElfFile.library();
  private final ElfFile after = ElfFile.library();

  private static byte[] predict(byte[] old, byte[] now, List<Alignment> alignments)
      throws IOException {
    CodeModel model = CodeModel.of(CodeContext.NONE);
    BlockSource source = BlockSource.bytes(old);
    byte[] side = model.describe(source, BlockSource.bytes(now), alignments);
    byte[] predicted = now.clone();
    for (Alignment a : alignments) {
      Arrays.fill(predicted, (int) a.newOffset(), (int) (a.newOffset() + a.length()), (byte) 0x55);
    }
    model.predictor(source, alignments, side).predict(0, predicted, 0, predicted.length);
    return predicted;
  }

  /** Everything after an insertion moved by four: aligned up to it, and behind it. */
  private void assertPredictsAll(String grown, int at) throws IOException {
    byte[] old = before.build();
    byte[] now = after.build();
    long border = before.offset(grown) + at;
    // The headers begin at a multiple of eight, so there may be other bytes between.
    var alignments =
        List.of(
            new Alignment(0, 0, border),
            new Alignment(border + 4, border, old.length - border - 8));
    assertThat(predict(old, now, alignments)).isEqualTo(now);
  }

  @Test
  void callJumpAndBranchReachAcrossAnInsertion() throws IOException {
    // call +0x12, jmp +0x0d, jne +7: all to the ret at 0x17
    before.section(
        ".text",
        1,
        ElfFile.CODE,
        0x1000,
        "e8 12000000 e9 0d000000 0f85 07000000 c3" + NOPS.substring(0, 15) + "c3");
    after.section(
        ".text",
        1,
        ElfFile.CODE,
        0x1000,
        "e8 16000000 e9 11000000 0f85 0b000000 c3" + FOUR_MORE + NOPS.substring(0, 15) + "c3");
    assertPredictsAll(".text", 0x11);
  }

  @Test
  void aVariableWithoutFileMovesWithItsSection() throws IOException {
    before.section(".text", 1, ElfFile.CODE, 0x1000, loads(0x1000, 0x3010));
    before.section(".bss", Section.NOBITS, ElfFile.ALLOC, 0x3000, NOPS + NOPS + NOPS);
    after.section(".text", 1, ElfFile.CODE, 0x1000, loads(0x1000, 0x5010));
    after.section(".bss", Section.NOBITS, ElfFile.ALLOC, 0x5000, NOPS + NOPS + NOPS);
    byte[] old = before.build();
    byte[] now = after.build();
    assertThat(predict(old, now, List.of(new Alignment(0, 0, old.length)))).isEqualTo(now);
  }

  /** Thirty times mov eax, [rip + x], all of the same variable. */
  private static String loads(long address, long target) {
    var code = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      code.append("8b05").append(word((int) (target - (address + 6L * i + 6))));
    }
    return code.append("c3").toString();
  }

  private static String word(int value) {
    return "%08x".formatted(Integer.reverseBytes(value));
  }

  @Test
  void relocationsAndSymbolsFollowTheirTargets() throws IOException {
    String old = "1020000000000000 0800000000000000 1410000000000000"; // r_offset, type, r_addend
    String now = "1020000000000000 0800000000000000 1810000000000000";
    String name = "01000000 12 00 0100 1410000000000000 0800000000000000"; // st_value, st_size
    String moved = "01000000 12 00 0100 1810000000000000 0800000000000000";
    before
        .section(".text", 1, ElfFile.CODE, 0x1000, "c3".repeat(0x20))
        .section(".rela.dyn", Section.RELA, ElfFile.ALLOC, 0x1800, old.repeat(3))
        .section(".dynsym", Section.DYNSYM, ElfFile.ALLOC, 0x1900, name.repeat(3))
        .section(".init_array", 14, ElfFile.ALLOC, 0x2000, "1410000000000000".repeat(4));
    after
        .section(
            ".text", 1, ElfFile.CODE, 0x1000, "c3".repeat(0x10) + FOUR_MORE + "c3".repeat(0x10))
        .section(".rela.dyn", Section.RELA, ElfFile.ALLOC, 0x1800, now.repeat(3))
        .section(".dynsym", Section.DYNSYM, ElfFile.ALLOC, 0x1900, moved.repeat(3))
        .section(".init_array", 14, ElfFile.ALLOC, 0x2000, "1810000000000000".repeat(4));
    assertPredictsAll(".text", 0x10);
  }

  @Test
  void unwindEntriesAndTheirTableFollowTheFunctions() throws IOException {
    // common entry; then one of a function at 0x1014, 8 bytes long
    String common = "14000000 00000000 017a5200 01781001 1b0c0708 90010000";
    String entry = "14000000 1c000000 %s 08000000 00000000 00000000";
    String table = "011b033b fcf7ffff 01000000 %s 18f8ffff";
    before
        .section(".text", 1, ElfFile.CODE, 0x1000, "c3".repeat(0x20))
        .section(
            ".eh_frame",
            1,
            ElfFile.ALLOC,
            0x1800,
            common + entry.formatted("f4f7ffff") + "00000000")
        .section(".eh_frame_hdr", 1, ElfFile.ALLOC, 0x2000, table.formatted("14f0ffff"));
    after
        .section(
            ".text", 1, ElfFile.CODE, 0x1000, "c3".repeat(0x10) + FOUR_MORE + "c3".repeat(0x10))
        .section(
            ".eh_frame",
            1,
            ElfFile.ALLOC,
            0x1800,
            common + entry.formatted("f8f7ffff") + "00000000")
        .section(".eh_frame_hdr", 1, ElfFile.ALLOC, 0x2000, table.formatted("18f0ffff"));
    assertPredictsAll(".text", 0x10);
  }

  @Test
  void jumpTablesAreFoundFromTheCodeThatLoadsThem() throws IOException {
    // lea rdx, [rip + 0x7f9]: the table at 0x1800, whose entries lead to 0x1014 to 0x1018
    String code = "488d15 f9070000" + "c3".repeat(9);
    String old = "14f8ffff 15f8ffff 16f8ffff 17f8ffff 18f8ffff 18f8ffff";
    String now = "18f8ffff 19f8ffff 1af8ffff 1bf8ffff 1cf8ffff 1cf8ffff";
    before
        .section(".text", 1, ElfFile.CODE, 0x1000, code + "c3".repeat(0x10))
        .section(".rodata", 1, ElfFile.ALLOC, 0x1800, old);
    after
        .section(".text", 1, ElfFile.CODE, 0x1000, code + FOUR_MORE + "c3".repeat(0x10))
        .section(".rodata", 1, ElfFile.ALLOC, 0x1800, now);
    assertPredictsAll(".text", 0x10);
  }

  @Test
  void aFunctionWrittenAnewIsCorrectedWhereManyCallIt() throws IOException {
    // Thirty calls to 0x10a0; in the new file the function lies at 0x10c0, in unmatched bytes.
    var old = new StringBuilder();
    var now = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      old.append("e8").append(word(0xa0 - 5 * i - 5));
      now.append("e8").append(word(0xc0 - 5 * i - 5));
    }
    before.section(".text", 1, ElfFile.CODE, 0x1000, old + "c3".repeat(0x30));
    after.section(".text", 1, ElfFile.CODE, 0x1000, now + "c3".repeat(0x50));
    byte[] newFile = after.build();
    assertThat(predict(before.build(), newFile, List.of(new Alignment(64, 64, 150))))
        .isEqualTo(newFile);
  }

  @Test
  void relocationsOfAModuleFollowSectionsAndSymbols() throws IOException {
    // symbol 1 is the section .text, symbol 2 a function at 0x14 in it
    String symbols = "00".repeat(24) + "00000000 03 00 0100" + "00".repeat(16);
    String function = "01000000 12 00 0100 %s00000000000000 0100000000000000";
    String toSection = "%s00000000000000 02000000 01000000 %s00000000000000";
    String toFunction = "%s00000000000000 04000000 02000000 fcffffffffffffff";
    ElfFile old = ElfFile.module();
    ElfFile now = ElfFile.module();
    old.section(".text", 1, ElfFile.CODE, 0, "90".repeat(0x20))
        .section(
            ".symtab",
            Section.SYMTAB,
            0,
            0,
            0,
            2,
            ElfFile.bytes(symbols + function.formatted("14")))
        .section(
            ".rela.text",
            Section.RELA,
            0,
            0,
            2,
            1,
            ElfFile.bytes(
                (toSection.formatted("02", "10") + toFunction.formatted("18")).repeat(3)));
    now.section(".text", 1, ElfFile.CODE, 0, "90".repeat(0x10) + FOUR_MORE + "90".repeat(0x10))
        .section(
            ".symtab",
            Section.SYMTAB,
            0,
            0,
            0,
            2,
            ElfFile.bytes(symbols + function.formatted("18")))
        .section(
            ".rela.text",
            Section.RELA,
            0,
            0,
            2,
            1,
            ElfFile.bytes(
                (toSection.formatted("02", "14") + toFunction.formatted("1c")).repeat(3)));
    byte[] oldFile = old.build();
    byte[] newFile = now.build();
    long border = old.offset(".text") + 0x10;
    var alignments =
        List.of(
            new Alignment(0, 0, border),
            new Alignment(border + 4, border, oldFile.length - border - 8));
    assertThat(predict(oldFile, newFile, alignments)).isEqualTo(newFile);
  }

  @Test
  void whatIsNoExecutableIsCopied() throws IOException {
    byte[] old = "no executable, but long enough to be one: ".repeat(4).getBytes("US-ASCII");
    var alignments = List.of(new Alignment(5, 0, 100));
    CodeModel model = CodeModel.of(CodeContext.NONE);
    byte[] side = model.describe(BlockSource.bytes(old), BlockSource.bytes(old), alignments);
    assertThat(side).isEmpty();
    var predicted = new byte[100];
    model.predictor(BlockSource.bytes(old), alignments, side).predict(5, predicted, 0, 100);
    assertThat(predicted).isEqualTo(Arrays.copyOf(old, 100));
  }

  @Test
  void refusesAlignmentsOutOfOrder() {
    var alignments = List.of(new Alignment(10, 0, 20), new Alignment(29, 0, 1));
    assertThatThrownBy(
            () ->
                CodeModel.of(CodeContext.NONE)
                    .predictor(BlockSource.bytes(new byte[100]), alignments, new byte[0]))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "alignment of new byte 29 with old byte 0, length 1: expected in order from new byte"
                + " 30 and within the old file's 100 bytes");
  }
}
