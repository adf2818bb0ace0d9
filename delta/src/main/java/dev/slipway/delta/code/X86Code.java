// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.Arrays;

/**
 * The references in a section of x86-64 code.
 *
 * <p>The section is swept in blocks of 1 KiB. As instructions have no fixed places, the sweep of a
 * block begins 64 bytes before it, which is enough to fall into step almost always; what is found
 * depends on the bytes around alone, not on where the reader began to ask. Blocks once swept are
 * kept for a while, since alignments may be short.
 */
final class X86Code implements FieldModel {
  private static final int BLOCK_BYTES = 1024;
  private static final int LEAD_BYTES = 64;
  private static final int BLOCKS_KEPT = 64;
  private static final int SITES_MOST = BLOCK_BYTES / 4;

  /** Constants below are lengths and flags, not addresses. */
  private static final long ADDRESS_LEAST = 1 << 16;

  private static final int CONSTANT = 4;
  private static final FieldKind[] KINDS = {
    FieldKind.CALL, FieldKind.JUMP, FieldKind.BRANCH, FieldKind.OPERAND, FieldKind.CONSTANT
  };

  private final PagedBytes file;
  private final Section section;
  private final long address;
  private final AddressMap map;
  private final boolean absolute;
  private final X86Instruction instruction = new X86Instruction();
  private final byte[] code = new byte[LEAD_BYTES + BLOCK_BYTES + 2 * X86Instruction.LONGEST];
  private final Block[] blocks = new Block[BLOCKS_KEPT];

  /** Where fields begin, packed: place in the block, kind, bytes from there to the next one. */
  private static final class Block {
    long number = -1;
    int count;
    final int[] sites = new int[SITES_MOST];
    final int[] values = new int[SITES_MOST];
  }

  /**
   * @param absolute whether the program runs at the addresses it was linked for, so that constants
   *     of 32 bits may be addresses
   */
  X86Code(PagedBytes file, Section section, long address, AddressMap map, boolean absolute) {
    this.absolute = absolute;
    this.file = file;
    this.section = section;
    this.address = address;
    this.map = map;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long first = (from - section.offset()) / BLOCK_BYTES;
    long last = (to - 1 - section.offset()) / BLOCK_BYTES;
    for (long number = first; number <= last; number++) {
      Block block = block(number);
      long inside = number * BLOCK_BYTES;
      for (int i = 0; i < block.count; i++) {
        int site = block.sites[i];
        long place = inside + (site >>> 8);
        long position = section.offset() + place;
        if (position >= to) {
          return;
        }
        if (position >= from) {
          site(KINDS[site >>> 4 & 7], position, site & 0xf, block.values[i], sink);
        }
      }
    }
  }

  private void site(FieldKind kind, long position, int distance, int value, FieldSink sink)
      throws IOException {
    if (kind == FieldKind.CONSTANT) {
      if (Long.compareUnsigned(value, ADDRESS_LEAST) >= 0 && map.known(value)) {
        sink.absolute(kind, position, 4, 0, value);
      }
      return;
    }
    long target = address + position - section.offset() + distance + value;
    if (value != 0 && map.known(target)) {
      sink.relative(kind, position, 4, distance, target);
    }
  }

  private Block block(long number) throws IOException {
    int slot = (int) (number % BLOCKS_KEPT);
    if (blocks[slot] == null) {
      blocks[slot] = new Block();
    }
    Block block = blocks[slot];
    if (block.number != number) {
      block.number = -1;
      sweep(block, number * BLOCK_BYTES);
      block.number = number;
    }
    return block;
  }

  private void sweep(Block block, long start) throws IOException {
    int lead = (int) Math.min(LEAD_BYTES, start);
    int count =
        (int)
            Math.min(
                lead + BLOCK_BYTES + 2 * X86Instruction.LONGEST, section.size() - start + lead);
    file.copy(section.offset() + start - lead, code, 0, count);
    Arrays.fill(code, count, code.length, (byte) 0);
    int end = Math.min(count, lead + BLOCK_BYTES);
    block.count = 0;
    for (int at = 0; at < end; at += instruction.length) {
      instruction.decode(code, at);
      if (instruction.field >= 0) {
        int limit = Math.min(end, count - 3);
        add(block, at, instruction.field, number(instruction.kind), lead, limit);
      }
      if (absolute) {
        int limit = Math.min(end, count - 3);
        add(block, at, instruction.displacement, CONSTANT, lead, limit);
        add(block, at, instruction.immediate, CONSTANT, lead, limit);
      }
    }
  }

  private void add(Block block, int at, int inside, int kind, int lead, int limit) {
    int field = at + inside;
    if (inside < 0 || field < lead || field >= limit) {
      return;
    }
    int distance = instruction.length - inside;
    block.sites[block.count] = field - lead << 8 | kind << 4 | distance & 0xf;
    block.values[block.count++] =
        code[field] & 0xff
            | (code[field + 1] & 0xff) << 8
            | (code[field + 2] & 0xff) << 16
            | code[field + 3] << 24;
  }

  private static int number(FieldKind kind) {
    return switch (kind) {
      case CALL -> 0;
      case JUMP -> 1;
      case BRANCH -> 2;
      default -> 3;
    };
  }

  @Override
  public long memoryBytes() {
    return (long) BLOCKS_KEPT * SITES_MOST * 8;
  }
}
