// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.List;

/**
 * Models of executable files, by which references that moved cost nothing in a delta.
 *
 * <p>When a delta is made, {@link #blankOld} and {@link #blankNew} show a matcher what it should
 * see, and {@link #describe} compares the files and says what the device has to be told; on the
 * device, {@link #predictor} needs the old file, the alignments and that. What is left to transmit
 * is the difference between the new bytes and the predicted ones.
 */
public final class CodeModel {
  private final CodeContext context;

  private CodeModel(CodeContext context) {
    this.context = context;
  }

  /** Models that know what all files of the delta have in common. */
  public static CodeModel of(CodeContext context) {
    return new CodeModel(context);
  }

  /**
   * Changes an old file into what a matcher should see of it: of the same length, with every
   * reference replaced by a sign of what it refers to, so that code and tables that merely moved
   * are equal. Alignments found between old and new file so changed hold for the real bytes. What
   * is no executable stays as it is.
   */
  public void blankOld(byte[] file) throws IOException {
    MatchingView.of(file, context);
  }

  /** Changes a new file as {@link #blankOld} does an old one. */
  public void blankNew(byte[] file) throws IOException {
    MatchingView.of(file, context.settled());
  }

  /**
   * The side information for a pair of files; empty when no model pays.
   *
   * @param alignments sorted by their new offsets, not overlapping there
   */
  public byte[] describe(BlockSource oldFile, BlockSource newFile, List<Alignment> alignments)
      throws IOException {
    OffsetMap.check(alignments, oldFile.size());
    Alignment last = alignments.isEmpty() ? null : alignments.get(alignments.size() - 1);
    if (last != null && last.newOffset() + last.length() > newFile.size()) {
      throw new FormatException(
          "alignments end at new byte "
              + (last.newOffset() + last.length())
              + ", the new file has "
              + newFile.size()
              + " bytes");
    }
    return new Describer(context, new PagedBytes(oldFile), new PagedBytes(newFile), alignments)
        .describe();
  }

  /**
   * The predictor for a new file.
   *
   * @param alignments as they were when the file was described
   * @param side what {@link #describe} answered
   * @throws FormatException if the alignments or the side information cannot be
   */
  public CodePredictor predictor(BlockSource oldFile, List<Alignment> alignments, byte[] side)
      throws IOException {
    OffsetMap.check(alignments, oldFile.size());
    var file = new PagedBytes(oldFile);
    FileModel model = null;
    if (side.length > 0) {
      var offsets = OffsetMap.of(alignments, oldFile.size());
      model = FileModel.read(file, offsets, context, new SideReader("model of code", side));
    }
    return new CodePredictor(oldFile, file, alignments, model);
  }
}
