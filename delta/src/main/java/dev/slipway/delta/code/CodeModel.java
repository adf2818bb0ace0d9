// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.List;

/**
 * Models of executable files, by which references that moved cost nothing in a delta.
 *
 * <p>When a delta is made, {@link #describe} compares both files and says what the device has to be
 * told; on the device, {@link #predictor} needs the old file, the alignments and that. What is left
 * to transmit is the difference between the new bytes and the predicted ones.
 */
public final class CodeModel {
  private CodeModel() {}

  /**
   * Changes a file into what a matcher should see of it: of the same length, with every reference
   * replaced by a sign of what it refers to, so that code and tables that merely moved are equal.
   * Both files of a pair are changed before they are matched; the alignments then hold for the real
   * bytes too. What is no executable stays as it is.
   */
  public static void blank(byte[] file) throws IOException {
    MatchingView.of(file);
  }

  /**
   * The side information for a pair of files; empty when no model pays.
   *
   * @param alignments sorted by their new offsets, not overlapping there
   */
  public static byte[] describe(
      BlockSource oldFile, BlockSource newFile, List<Alignment> alignments) throws IOException {
    OffsetMap.check(alignments, oldFile.size());
    return new Describer(new PagedBytes(oldFile), new PagedBytes(newFile), alignments).describe();
  }

  /**
   * The predictor for a new file.
   *
   * @param alignments as they were when the file was described
   * @param side what {@link #describe} answered
   * @throws dev.slipway.io.FormatException if the alignments or the side information cannot be
   */
  public static CodePredictor predictor(
      BlockSource oldFile, List<Alignment> alignments, byte[] side) throws IOException {
    OffsetMap.check(alignments, oldFile.size());
    var file = new PagedBytes(oldFile);
    FileModel model = null;
    if (side.length > 0) {
      var offsets = OffsetMap.of(alignments, oldFile.size());
      model = FileModel.read(file, offsets, new SideReader("model of code", side));
    }
    return new CodePredictor(oldFile, file, alignments, model);
  }
}
