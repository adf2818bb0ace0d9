// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.Arrays;

/**
 * Which registers hold a page that {@code adrp} put there, along a sweep of A64 code. A page counts
 * for 64 instructions, and until its register is written or a call may have done so.
 */
final class ArmRegisters {
  private static final int REGISTERS = 32;
  private static final int REACH = 64;

  /** Registers that a called function need not keep: x0 to x18 and x30. */
  private static final int CLOBBERED = 0x4007_ffff;

  private final ArmCode.Block block;
  private final long[] pages = new long[REGISTERS];
  private final int[] places = new int[REGISTERS]; // of the adrp
  private final int[] words = new int[REGISTERS];
  private final boolean[] known = new boolean[REGISTERS];
  private final boolean[] used = new boolean[REGISTERS];

  ArmRegisters(ArmCode.Block block) {
    this.block = block;
    Arrays.fill(places, Integer.MIN_VALUE / 2);
  }

  /** Takes the next instruction. */
  void follow(int place, int word, long own) {
    if ((word & 0x9f00_0000) == 0x9000_0000) { // adrp
      int register = word & 31;
      forget(register);
      pages[register] = ArmField.PAGE.target(word, own);
      places[register] = place;
      words[register] = word;
      known[register] = true;
      used[register] = false;
      return;
    }
    boolean add = (word & 0xffc0_0000) == 0x9100_0000;
    boolean access = (word & 0x3b00_0000) == 0x3900_0000;
    if (add || access) {
      use(place, word);
    }
    forgetWritten(word);
  }

  private void use(int place, int word) {
    int register = word >>> 5 & 31;
    if (!known[register] || place - places[register] > REACH) {
      return;
    }
    long target = pages[register] + ArmField.IN_PAGE.target(word, 0);
    block.set(place, ArmField.IN_PAGE, word, target);
    if (!used[register]) {
      used[register] = true;
      block.set(places[register], ArmField.PAGE, words[register], target);
    }
  }

  private void forgetWritten(int word) {
    int target = word & 31;
    int group = word >>> 25 & 0xf;
    if ((group & 0b1110) == 0b1000 || (group & 0b0111) == 0b0101) { // arithmetic and logic
      forget(target);
    } else if ((group & 0b0101) == 0b0100) {
      forgetLoaded(word, target);
    } else if (word >>> 26 == 0b100101 || (word & 0xffff_fc1f) == 0xd63f_0000) { // bl, blr
      for (int i = 0; i < REGISTERS; i++) {
        if ((CLOBBERED >>> i & 1) != 0) {
          forget(i);
        }
      }
    }
  }

  private void forgetLoaded(int word, int target) {
    boolean vector = (word >>> 26 & 1) != 0;
    int form = word >>> 27 & 7;
    if (form == 0b101) { // pairs
      if (!vector && (word >>> 22 & 1) != 0) {
        forget(target);
        forget(word >>> 10 & 31);
      }
      if ((word >>> 23 & 1) != 0) { // the base is written back
        forget(word >>> 5 & 31);
      }
    } else if (form == 0b011) { // a literal
      if (!vector) {
        forget(target);
      }
    } else if (form == 0b111) {
      if (!vector && (word >>> 22 & 3) != 0) {
        forget(target);
      }
      boolean writtenBack =
          (word >>> 24 & 1) == 0 && (word >>> 21 & 1) == 0 && (word >>> 10 & 1) != 0;
      if (writtenBack) {
        forget(word >>> 5 & 31);
      }
    }
  }

  /** A page that nothing was added to refers to its first byte. */
  private void forget(int register) {
    if (known[register] && !used[register]) {
      block.set(places[register], ArmField.PAGE, words[register], pages[register]);
    }
    known[register] = false;
  }

  /** Ends the sweep. */
  void end() {
    for (int i = 0; i < REGISTERS; i++) {
      forget(i);
    }
  }
}
