// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

/**
 * The kinds of fields that are predicted. The number of a kind is its bit in the side information,
 * by which the maker of a delta turns off what does not pay for a file.
 */
enum FieldKind {
  /** {@code call rel32}. */
  CALL(0),
  /** {@code jmp rel32}. */
  JUMP(1),
  /** {@code jcc rel32}. */
  BRANCH(2),
  /** The displacement of an operand relative to the instruction pointer. */
  OPERAND(3),
  /** An address in data: {@code .got}, {@code .init_array}. */
  POINTER(4),
  RELOCATION_PLACE(5), // r_offset
  RELOCATION_SYMBOL(6), // the upper half of r_info
  RELOCATION_ADDEND(7), // r_addend
  SYMBOL_NAME(8), // st_name
  SYMBOL_SECTION(9), // st_shndx
  SYMBOL_VALUE(10), // st_value
  SYMBOL_SIZE(11), // st_size
  /** The start of a function in {@code .eh_frame}. */
  UNWIND_START(12),
  /** The length of a function in {@code .eh_frame}. */
  UNWIND_LENGTH(13),
  /** {@code .eh_frame_hdr}. */
  UNWIND_TABLE(14),
  /** A table of 32-bit distances from its own start, as compilers make for {@code switch}. */
  JUMP_TABLE(15),
  /** An address in {@code .dynamic}, and the entry point. */
  DYNAMIC(16),
  /** From a function's entry in {@code .eh_frame} back to the common one. */
  UNWIND_COMMON(17),
  /** From a function's entry in {@code .eh_frame} to its table of exceptions. */
  UNWIND_DATA(18),
  /** The number of a type in {@code .BTF}. */
  TYPE_NUMBER(19),
  /** The name of a type in {@code .BTF}. */
  TYPE_NAME(20),
  /** The lengths in the header of {@code .BTF}. */
  TYPE_HEADER(21),
  /** The checksum of an exported symbol. */
  CHECKSUM(22),
  /** An address in an instruction of a program that runs where it was linked for. */
  CONSTANT(23),
  /** A word in a kernel's table that holds the distance from itself to something. */
  RELATIVE_WORD(24),
  /** An address of 32 bits in the list of places that a kernel appends for moving itself. */
  KERNEL_PLACE(25);

  private final int number;

  FieldKind(int number) {
    this.number = number;
  }

  int bit() {
    return 1 << number;
  }
}
