// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.BlockSource;
import java.io.IOException;

/**
 * What all files of a delta have in common: a new kernel moves its types and changes the checksums
 * of its symbols, and thousands of modules repeat the same changes. It is learnt once from all
 * pairs, stands once in the delta, and never changes while the delta is applied.
 */
public final class CodeContext {
  /** Knows nothing. */
  public static final CodeContext NONE = new CodeContext(BtfContext.NONE, Checksums.NONE);

  private static final byte[] NOTHING = {};

  private final BtfContext types;
  private final Checksums checksums;

  CodeContext(BtfContext types, Checksums checksums) {
    this.types = types;
    this.checksums = checksums;
  }

  /** Begins to learn. */
  public static Learner learner() {
    return new Learner();
  }

  /** Learns from pairs of files, in any order; files of other kinds teach nothing. */
  public static final class Learner {
    private final BtfLearner types = new BtfLearner();
    private final ChecksumLearner checksums = new ChecksumLearner();

    private Learner() {}

    /** Looks at a pair of files. */
    public Learner add(BlockSource oldFile, BlockSource newFile) throws IOException {
      var before = new PagedBytes(oldFile);
      var after = new PagedBytes(newFile);
      ElfHeaders oldHeaders = ElfHeaders.read(before);
      ElfHeaders newHeaders = ElfHeaders.read(after);
      if (oldHeaders != null && newHeaders != null) {
        types.add(before, oldHeaders, after, newHeaders);
        checksums.add(before, oldHeaders, after, newHeaders);
      }
      return this;
    }

    /** What was learnt from all the pairs. */
    public CodeContext learned() {
      return new CodeContext(types.learned(), checksums.learned());
    }
  }

  BtfContext types() {
    return types;
  }

  Checksums checksums() {
    return checksums;
  }

  /** For files that are all new already. */
  CodeContext settled() {
    return new CodeContext(types.settled(), Checksums.NONE);
  }

  /** For the delta; empty if nothing was learnt. */
  public byte[] bytes() {
    if (!types.known() && checksums.count() == 0) {
      return NOTHING;
    }
    var out = new SideWriter();
    types.write(out);
    checksums.write(out);
    return out.bytes();
  }

  /**
   * Reads what {@link #bytes} made.
   *
   * @throws dev.slipway.io.FormatException if the bytes are anything else
   */
  public static CodeContext read(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      return NONE;
    }
    var in = new SideReader("context of code", bytes);
    var context = new CodeContext(BtfContext.read(in), Checksums.read(in));
    in.end();
    return context;
  }

  /** What this object keeps in memory. */
  public long memoryBytes() {
    return types.memoryBytes() + checksums.memoryBytes();
  }
}
