// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The state of the slots on a disk: two environment blocks, of which GRUB takes the newer valid
 * one.
 *
 * <pre>{@code
 * BootStore store = BootStore.at(disk, sink, new long[] {first, second});
 * store.update(state -> state.primary(Slot.B));
 * }</pre>
 *
 * <p><b>Why it survives anything.</b> A change goes to the block that does not count, one sector of
 * it, and is flushed and read back before anybody is told. Until that sector is whole, the other
 * block counts; from then on, this one. Nothing is truncated, renamed or allocated, so a cut or a
 * torn sector costs at most the change itself. GRUB counts its tries the same way.
 */
public final class BootStore {
  /** How many blocks a store has. */
  public static final int BLOCKS = 2;

  private final BlockSource source;
  private final BlockSink sink;
  private final long[] offsets;

  private BootStore(BlockSource source, BlockSink sink, long[] offsets) {
    this.source = source;
    this.sink = sink;
    this.offsets = offsets;
  }

  /**
   * The store in two places of a disk, a partition or an image.
   *
   * @param source what is there now
   * @param sink the same bytes, to be overwritten in place
   * @param offsets where the two blocks start, in bytes, each at a sector
   */
  public static BootStore at(BlockSource source, BlockSink sink, long[] offsets) {
    if (offsets.length != BLOCKS) {
      throw new IllegalArgumentException("a boot store has two blocks, not " + offsets.length);
    }
    for (long offset : offsets) {
      if (offset < 0 || offset % GrubEnvironment.SECTOR_BYTES != 0) {
        throw new IllegalArgumentException("a block starts at a sector, not at byte " + offset);
      }
    }
    return new BootStore(source, sink, offsets.clone());
  }

  /** The two blocks of a new disk. */
  public static List<GrubEnvironment> fresh(BootState state) {
    return List.of(new StoreBlock(1, state).environment(), new StoreBlock(0, state).environment());
  }

  /**
   * Which of two blocks counts, 0 or 1.
   *
   * @param name what holds them, in error messages
   * @throws FormatException when neither can be trusted
   */
  public static int newest(String name, List<byte[]> blocks) throws FormatException {
    Blocks read = Blocks.of(blocks);
    if (read.current().isEmpty()) {
      throw read.problem(name);
    }
    return 1 - read.spare();
  }

  /**
   * What GRUB would take for true.
   *
   * @throws FormatException when neither block can be trusted
   */
  public BootState read() throws IOException {
    Blocks blocks = blocks();
    return blocks.current().orElseThrow(() -> blocks.problem("boot store")).state();
  }

  /** As {@link #read}, and what a new disk would say when neither block can be trusted. */
  public BootState readOr(BootState otherwise) throws IOException {
    return blocks().current().map(StoreBlock::state).orElse(otherwise);
  }

  /**
   * Changes the state. When this returns, the change is on the disk and was read back.
   *
   * @return the new state
   * @throws FormatException when neither block can be trusted; {@link #reset} makes them anew
   */
  public BootState update(UnaryOperator<BootState> change) throws IOException {
    Blocks blocks = blocks();
    StoreBlock current = blocks.current().orElseThrow(() -> blocks.problem("boot store"));
    BootState changed = change.apply(current.state());
    if (!changed.equals(current.state()) || !blocks.bothValid()) {
      write(blocks.spare(), new StoreBlock(current.nextSequence(), changed));
    }
    return changed;
  }

  /** Writes both blocks anew, whatever they held: the way back from a store that was lost. */
  public void reset(BootState state) throws IOException {
    write(0, new StoreBlock(0, state));
    write(1, new StoreBlock(1, state));
  }

  private void write(int number, StoreBlock block) throws IOException {
    byte[] wanted = block.environment().bytes();
    // one sector at a time: when the second was never anything but padding, it is not written
    for (int at = 0; at < GrubEnvironment.BYTES; at += GrubEnvironment.SECTOR_BYTES) {
      byte[] sector = Arrays.copyOfRange(wanted, at, at + GrubEnvironment.SECTOR_BYTES);
      byte[] there = source.readFully(offsets[number] + at, sector.length);
      if (!Arrays.equals(sector, there)) {
        sink.write(offsets[number] + at, sector);
      }
    }
    sink.flush();
    byte[] read = source.readFully(offsets[number], GrubEnvironment.BYTES);
    if (!Arrays.equals(wanted, read)) {
      throw new IOException(
          "boot store: block "
              + (number + 1)
              + " at byte "
              + offsets[number]
              + " does not keep what is written to it; the other block still counts");
    }
  }

  private Blocks blocks() throws IOException {
    var all = new byte[BLOCKS][];
    for (int i = 0; i < BLOCKS; i++) {
      all[i] = source.readFully(offsets[i], GrubEnvironment.BYTES);
    }
    return Blocks.of(List.of(all));
  }

  /** Both blocks as far as they can be trusted, and why not. */
  private record Blocks(Optional<StoreBlock> first, Optional<StoreBlock> second, String problems) {
    static Blocks of(List<byte[]> bytes) {
      var problems = new StringBuilder();
      var read = new StoreBlock[BLOCKS];
      for (int i = 0; i < BLOCKS; i++) {
        try {
          read[i] = StoreBlock.read("block " + (i + 1), bytes.get(i));
        } catch (FormatException e) {
          problems.append(problems.length() > 0 ? "; " : "").append(e.getMessage());
        }
      }
      return new Blocks(
          Optional.ofNullable(read[0]), Optional.ofNullable(read[1]), problems.toString());
    }

    boolean bothValid() {
      return first.isPresent() && second.isPresent();
    }

    /** The one that GRUB takes. */
    Optional<StoreBlock> current() {
      if (bothValid()) {
        return second.get().follows(first.get()) ? second : first;
      }
      return first.isPresent() ? first : second;
    }

    /** The number of the block to write next. */
    int spare() {
      return current().equals(first) ? 1 : 0;
    }

    FormatException problem(String name) {
      return new FormatException(
          name
              + ": neither block can be trusted: "
              + problems
              + "; \"slipway-boot repair\" on the machine makes them anew");
    }
  }
}
