// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lengths and fields against encodings that the manual's tables give. */
final class X86InstructionTest {
  @ParameterizedTest
  @CsvSource({
    "90, -1", // nop
    "e800000000, 1", // call rel32
    "e900000000, 1", // jmp rel32
    "eb00, -1", // jmp rel8
    "0f8400000000, 2", // je rel32
    "488b0500000000, 3", // mov rax, [rip + disp32]
    "488d3d00000000, 3", // lea rdi, [rip + disp32]
    "c70500000000 01000000, 2", // mov dword [rip + disp32], imm32
    "66c70500000000 0100, 3", // mov word [rip + disp32], imm16
    "803d00000000 00, 2", // cmp byte [rip + disp32], imm8
    "f70500000000 01000000, 2", // test dword [rip + disp32], imm32
    "f71500000000, 2", // not dword [rip + disp32]
    "ff2500000000, 2", // jmp [rip + disp32]
    "f30f1efa, -1", // endbr64
    "660f1f840000000000, -1", // nop word [rax + rax + disp32]
    "48b80000000000000000, -1", // movabs rax, imm64
    "b800000000, -1", // mov eax, imm32
    "66b80000, -1", // mov ax, imm16
    "48a10000000000000000, -1", // movabs rax, [moffs64]
    "488b042500000000, -1", // mov rax, [disp32]
    "8b44240c, -1", // mov eax, [rsp + disp8]
    "8b84240c000000, -1", // mov eax, [rsp + disp32]
    "6900 00000000, -1", // imul eax, [rax], imm32
    "c8000000, -1", // enter
    "c20800, -1", // ret imm16
    "0f3a0f c108, -1", // palignr mm0, mm1, imm8
    "660f3a63 0500000000 08, 5", // pcmpistri xmm0, [rip + disp32], imm8
    "0f38f0 0500000000, 4", // movbe eax, [rip + disp32]
    "c5f877, -1", // vzeroupper
    "c5f96f0500000000, 4", // vmovdqa xmm0, [rip + disp32]
    "c4e37d39c101, -1", // vextracti128 xmm1, ymm0, 1
    "c4e27d18 0500000000, 5", // vbroadcastss ymm0, [rip + disp32]
    "62f17c48 10 0500000000, 6", // vmovups zmm0, [rip + disp32]
    "f2480f2ac0, -1", // cvtsi2sd xmm0, rax
    "06, -1", // not in 64-bit mode: one byte
  })
  void knowsLengthAndField(String hex, int field) {
    byte[] bytes = ElfFile.bytes(hex);
    var instruction = new X86Instruction();
    instruction.decode(Arrays.copyOf(bytes, bytes.length + 2 * X86Instruction.LONGEST), 0);
    assertThat(instruction.length).isEqualTo(bytes.length);
    assertThat(instruction.field).isEqualTo(field);
  }
}
