// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One of the two blocks of a boot store.
 *
 * <pre>
 * # GRUB Environment Block
 * STORE_SEQ=1                     0, 1, 2, 0: the block that follows the other is the newer one
 * ORDER=A B
 * A_OK=1 ...                      a line each
 * BIOS_LOADER=--                  what is to be done with a new boot loader
 * EFI_LOADER=--
 * LAST_GOOD=A
 * BOOT_MARK=0
 * STORE_SUM=0123456789abcdef      SHA-256 of all before this line, its first 16 digits; zeros by GRUB
 * STORE_END=1                     as STORE_SEQ, or the block was written in part
 * ##########
 * </pre>
 *
 * <p>Every value has the same width whatever is in it, so each line has its place, and all of them
 * lie in the first sector.
 *
 * @param sequence 0, 1 or 2
 */
record StoreBlock(int sequence, BootState state) {
  static final String FIRST = "STORE_SEQ";
  static final String SUM = "STORE_SUM";
  static final String LAST = "STORE_END";

  /** How many sequence numbers there are. */
  static final int SEQUENCE = 3;

  /** What GRUB, which cannot compute one, writes in place of a digest. */
  static final String UNDIGESTED = "0".repeat(16);

  /** The block, for which the bytes of {@link GrubEnvironment#bytes} are meant. */
  GrubEnvironment environment() {
    String number = String.valueOf(sequence);
    GrubEnvironment lines = state.into(GrubEnvironment.empty().with(FIRST, number));
    GrubEnvironment block = lines.with(SUM, digest(lines)).with(LAST, number);
    if (!block.fitsOneSector()) {
      throw new IllegalStateException("bug: a block of the boot store needs more than a sector");
    }
    return block;
  }

  private static String digest(GrubEnvironment lines) {
    String text = new String(lines.bytes(), StandardCharsets.UTF_8);
    int end = text.indexOf("\n#", 1) + 1;
    return Digest.of(text.substring(0, end).getBytes(StandardCharsets.UTF_8))
        .hex()
        .substring(0, UNDIGESTED.length());
  }

  /** Reads a block, or says why it cannot be trusted. */
  static StoreBlock read(String source, byte[] bytes) throws FormatException {
    GrubEnvironment block = GrubEnvironment.read(source, bytes);
    String first = block.get(FIRST).orElse("");
    String last = block.get(LAST).orElse("");
    if (!first.matches("[0-2]") || !first.equals(last)) {
      throw new FormatException(
          source
              + ": found "
              + FIRST
              + "="
              + first
              + " and "
              + LAST
              + "="
              + last
              + ", expected twice the same of 0, 1, 2: the block was not written to its end");
    }
    Optional<String> sum = block.get(SUM);
    GrubEnvironment lines = block.without(SUM).without(LAST);
    if (sum.isPresent() && !sum.get().equals(UNDIGESTED) && !sum.get().equals(digest(lines))) {
      throw new FormatException(
          source
              + ": "
              + SUM
              + ": found "
              + sum.get()
              + ", the lines before it give "
              + digest(lines));
    }
    return new StoreBlock(first.charAt(0) - '0', BootState.of(block));
  }

  /** Whether this one was written after another, which is the only other. */
  boolean follows(StoreBlock other) {
    return sequence == (other.sequence + 1) % SEQUENCE;
  }

  /** The number that follows this one's. */
  int nextSequence() {
    return (sequence + 1) % SEQUENCE;
  }
}
