// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

/**
 * Finds the length of an x86-64 instruction and the field in it that depends on where it stands.
 * One object is used over and over: {@link #decode} leaves its findings in the fields.
 *
 * <p>What the encoding of 64-bit mode does not know counts as one byte, so that a sweep over data
 * or over the middle of an instruction goes on, and soon falls into step.
 *
 * @see <a href="https://www.intel.com/sdm">Intel 64 and IA-32 Architectures Software Developer's
 *     Manual, volume 2, appendix A</a>
 */
final class X86Instruction {
  static final int LONGEST = 15;

  private static final int MODRM = 1;
  private static final int IMM8 = 2;
  private static final int IMM32 = 4; // of two bytes after an operand size prefix
  private static final int REL32 = 8;
  private static final int PREFIX = 16;
  private static final int BAD = 32;
  private static final int SPECIAL = 64;
  private static final int IMM16 = 128;

  // One letter an opcode: . nothing, m ModRM, b imm8, z imm32, n ModRM+imm8, q ModRM+imm32, r
  // rel32,
  // p prefix, x unknown, s seen to in decode(), w imm16
  private static final byte[] ONE_BYTE =
      table(
          "mmmmbzxx"
              + "mmmmbzxs"
              + "mmmmbzxx"
              + "mmmmbzxx" // 00
              + "mmmmbzpx"
              + "mmmmbzpx"
              + "mmmmbzpx"
              + "mmmmbzpx" // 20
              + "pppppppp"
              + "pppppppp"
              + "........"
              + "........" // 40: REX
              + "xxsmpppp"
              + "zqbn...."
              + "bbbbbbbb"
              + "bbbbbbbb" // 60
              + "nqxnmmmm"
              + "mmmmmmmm"
              + "........"
              + "..x....." // 80
              + "ssss...."
              + "bz......"
              + "bbbbbbbb"
              + "ssssssss" // A0
              + "nnw.ssnq"
              + "s.w..bx."
              + "mmmmxxx."
              + "mmmmmmmm" // C0
              + "bbbbbbbb"
              + "rrxb...."
              + "p.pp..ss"
              + "......mm"); // E0

  private static final byte[] TWO_BYTES =
      table(
          "mmmmx..."
              + "..x.xm.n"
              + "mmmmmmmm"
              + "mmmmmmmm" // 00
              + "mmmmxxxx"
              + "mmmmmmmm"
              + "......x."
              + "sxsxxxxx" // 20
              + "mmmmmmmm"
              + "mmmmmmmm"
              + "mmmmmmmm"
              + "mmmmmmmm" // 40
              + "mmmmmmmm"
              + "mmmmmmmm"
              + "nnnnmmm."
              + "mmxxmmmm" // 60
              + "rrrrrrrr"
              + "rrrrrrrr"
              + "mmmmmmmm"
              + "mmmmmmmm" // 80
              + "...mnmxx"
              + "...mnmmm"
              + "mmmmmmmm"
              + "mmnmmmmm" // A0
              + "mmnmnnnm"
              + "........"
              + "mmmmmmmm"
              + "mmmmmmmm" // C0
              + "mmmmmmmm"
              + "mmmmmmmm"
              + "mmmmmmmm"
              + "mmmmmmmm"); // E0

  private static byte[] table(String letters) {
    var table = new byte[256];
    for (int i = 0; i < 256; i++) {
      table[i] =
          (byte)
              switch (letters.charAt(i)) {
                case '.' -> 0;
                case 'm' -> MODRM;
                case 'b' -> IMM8;
                case 'z' -> IMM32;
                case 'n' -> MODRM | IMM8;
                case 'q' -> MODRM | IMM32;
                case 'r' -> REL32;
                case 'p' -> PREFIX;
                case 's' -> SPECIAL;
                case 'w' -> IMM16;
                default -> BAD;
              };
    }
    return table;
  }

  /** In bytes, at least one. */
  int length;

  /** Where the field begins, counted from the first byte of the instruction; -1 for none. */
  int field;

  /** What the field is, if there is one. */
  FieldKind kind;

  /** Where a displacement of four bytes begins that is not such a field; -1 for none. */
  int displacement;

  /** Where a constant of four bytes begins; -1 for none. */
  int immediate;

  /** Reads the instruction at an index; {@link #LONGEST} bytes must follow it. */
  void decode(byte[] code, int start) {
    field = -1;
    displacement = -1;
    immediate = -1;
    int at = start;
    int opcode = code[at++] & 0xff;
    int flags = ONE_BYTE[opcode];
    boolean shortOperand = false;
    boolean wide = false;
    while ((flags & PREFIX) != 0) {
      shortOperand |= opcode == 0x66;
      wide = (opcode & 0xf8) == 0x48;
      if (at - start == LONGEST - 1) {
        length = 1;
        return;
      }
      opcode = code[at++] & 0xff;
      flags = ONE_BYTE[opcode];
    }
    if (flags == SPECIAL) {
      switch (opcode) {
        case 0x0f -> {
          opcode = code[at++] & 0xff;
          flags = TWO_BYTES[opcode];
          if (flags == SPECIAL) { // 0F 38 and 0F 3A: one more byte of opcode
            flags = opcode == 0x38 ? MODRM : MODRM | IMM8;
            at++;
          } else if (flags == REL32) {
            finish(FieldKind.BRANCH, at, start);
            return;
          }
        }
        case 0xc5 -> { // VEX of two bytes
          flags = TWO_BYTES[code[at + 1] & 0xff];
          at += 2;
        }
        case 0xc4 -> { // VEX of three
          flags = vector(code[at] & 0x1f, code[at + 2] & 0xff);
          at += 3;
        }
        case 0x62 -> { // EVEX
          flags = vector(code[at] & 7, code[at + 3] & 0xff);
          at += 4;
        }
        case 0xf6 -> flags = (code[at] & 0x30) == 0 ? MODRM | IMM8 : MODRM;
        case 0xf7 -> flags = (code[at] & 0x30) == 0 ? MODRM | IMM32 : MODRM;
        case 0xc8 -> { // enter imm16, imm8
          length = at - start + 3;
          return;
        }
        default -> { // A0..A3: an address of eight bytes; B8..BF: mov with a constant
          int constant = wide ? 8 : shortOperand ? 2 : 4;
          immediate = opcode >= 0xb0 && constant == 4 ? at - start : -1;
          length = at - start + (opcode < 0xb0 ? 8 : constant);
          return;
        }
      }
    } else if (flags == REL32) {
      finish(opcode == 0xe8 ? FieldKind.CALL : FieldKind.JUMP, at, start);
      return;
    }
    if ((flags & (BAD | SPECIAL | PREFIX | REL32)) != 0 || at - start > LONGEST - 1) {
      length = 1;
      return;
    }
    if ((flags & MODRM) != 0) {
      at = operand(code, at, start);
    }
    if ((flags & IMM8) != 0) {
      at++;
    } else if ((flags & IMM32) != 0) {
      immediate = shortOperand ? -1 : at - start;
      at += shortOperand ? 2 : 4;
    } else if ((flags & IMM16) != 0) {
      at += 2;
    }
    length = at - start;
  }

  private static int vector(int map, int opcode) {
    return switch (map) {
      case 1 -> TWO_BYTES[opcode];
      case 2 -> MODRM;
      case 3 -> MODRM | IMM8;
      default -> BAD;
    };
  }

  private int operand(byte[] code, int position, int start) {
    int at = position;
    int modrm = code[at++];
    int mode = modrm & 0xc0;
    if (mode == 0xc0) {
      return at;
    }
    int register = modrm & 7;
    if (register == 4) {
      int base = code[at++] & 7;
      return displaced(at, start, mode == 0x80 || mode == 0 && base == 5, mode);
    }
    if (mode == 0 && register == 5) {
      field = at - start;
      kind = FieldKind.OPERAND;
      return at + 4;
    }
    return displaced(at, start, mode == 0x80, mode);
  }

  private int displaced(int at, int start, boolean byFourBytes, int mode) {
    if (byFourBytes) {
      displacement = at - start;
      return at + 4;
    }
    return mode == 0x40 ? at + 1 : at;
  }

  private void finish(FieldKind found, int at, int start) {
    kind = found;
    field = at - start;
    length = field + 4;
  }
}
