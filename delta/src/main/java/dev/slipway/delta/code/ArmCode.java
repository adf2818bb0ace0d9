// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.Arrays;

/**
 * The references in a section of A64 code.
 *
 * <p>Most are whole in one instruction. An address further away takes two: {@code adrp} puts the
 * page into a register, and a later {@code add}, load or store adds the place within it. {@link
 * ArmRegisters} follows the pages through the registers. The section is swept in blocks of 4 KiB,
 * each from 64 instructions before it to 64 behind it, so that both halves are seen.
 */
final class ArmCode implements FieldModel {
  private static final int WORD = 4;
  private static final int BLOCK_WORDS = 1024;
  private static final int AROUND_WORDS = 64;
  private static final int BLOCKS_KEPT = 16;
  private static final ArmField[] FIELDS = ArmField.values();

  private final PagedBytes file;
  private final Section section;
  private final long address;
  private final AddressMap map;
  private final byte[] code = new byte[WORD * (BLOCK_WORDS + 2 * AROUND_WORDS)];
  private final Block[] blocks = new Block[BLOCKS_KEPT];

  /** What each instruction of a block refers to. */
  static final class Block {
    private long number = -1;
    private final int[] words = new int[BLOCK_WORDS];
    private final byte[] fields = new byte[BLOCK_WORDS]; // of ArmField and one more; 0 for none
    private final long[] targets = new long[BLOCK_WORDS];

    /** Notes a reference, if its instruction is in the block. */
    void set(int index, ArmField field, int word, long target) {
      if (index >= 0 && index < BLOCK_WORDS) {
        words[index] = word;
        fields[index] = (byte) (field.ordinal() + 1);
        targets[index] = target;
      }
    }
  }

  ArmCode(PagedBytes file, Section section, long address, AddressMap map) {
    this.file = file;
    this.section = section;
    this.address = address;
    this.map = map;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long blockBytes = (long) BLOCK_WORDS * WORD;
    long first = (from - section.offset()) / blockBytes;
    long last = (to - 1 - section.offset()) / blockBytes;
    for (long number = first; number <= last; number++) {
      Block block = block(number);
      long start = section.offset() + number * blockBytes;
      int begin = (int) (Math.max(0, from - start) / WORD);
      int end = (int) Math.min(BLOCK_WORDS, (to - start + WORD - 1) / WORD);
      for (int i = begin; i < end; i++) {
        if (block.fields[i] != 0 && map.known(block.targets[i])) {
          ArmField field = FIELDS[block.fields[i] - 1];
          sink.instruction(
              kind(field, block.words[i]),
              start + (long) i * WORD,
              block.words[i],
              field,
              block.targets[i]);
        }
      }
    }
  }

  private static FieldKind kind(ArmField field, int word) {
    return switch (field) {
      case BRANCH_26 -> word < 0 ? FieldKind.CALL : FieldKind.JUMP;
      case BRANCH_19, BRANCH_14 -> FieldKind.BRANCH;
      case NEAR -> FieldKind.OPERAND;
      case PAGE -> FieldKind.PAGE;
      case IN_PAGE -> FieldKind.IN_PAGE;
    };
  }

  private Block block(long number) throws IOException {
    int slot = (int) (number % BLOCKS_KEPT);
    if (blocks[slot] == null) {
      blocks[slot] = new Block();
    }
    Block block = blocks[slot];
    if (block.number != number) {
      block.number = -1;
      sweep(block, number * BLOCK_WORDS);
      block.number = number;
    }
    return block;
  }

  private void sweep(Block block, long startWord) throws IOException {
    long sectionWords = section.size() / WORD;
    int before = (int) Math.min(AROUND_WORDS, startWord);
    int count =
        (int) Math.min(before + BLOCK_WORDS + AROUND_WORDS, sectionWords - startWord + before);
    Arrays.fill(block.fields, (byte) 0);
    if (count <= 0) {
      return; // the last bytes of a section that has no whole instruction there
    }
    file.copy(section.offset() + (startWord - before) * WORD, code, 0, count * WORD);
    var registers = new ArmRegisters(block);
    for (int i = 0; i < count; i++) {
      int word =
          code[4 * i] & 0xff
              | (code[4 * i + 1] & 0xff) << 8
              | (code[4 * i + 2] & 0xff) << 16
              | code[4 * i + 3] << 24;
      long own = address + (startWord - before + i) * WORD;
      ArmField field = whole(word);
      if (field != null) {
        block.set(i - before, field, word, field.target(word, own));
      }
      registers.follow(i - before, word, own);
    }
    registers.end();
  }

  /** The field of an instruction that has a whole address in it, or null. */
  private static ArmField whole(int word) {
    if ((word & 0x7c00_0000) == 0x1400_0000) {
      return ArmField.BRANCH_26;
    }
    if ((word & 0xff00_0010) == 0x5400_0000 // b.cond
        || (word & 0x7e00_0000) == 0x3400_0000 // cbz, cbnz
        || (word & 0x3b00_0000) == 0x1800_0000) { // ldr of a literal
      return ArmField.BRANCH_19;
    }
    if ((word & 0x7e00_0000) == 0x3600_0000) {
      return ArmField.BRANCH_14;
    }
    return (word & 0x9f00_0000) == 0x1000_0000 ? ArmField.NEAR : null;
  }

  @Override
  public long memoryBytes() {
    return (long) BLOCKS_KEPT * BLOCK_WORDS * 13 + code.length;
  }
}
