// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The trial that every recipe must stand.
 *
 * @param file what the member was found in
 */
record RecipeTrial(BlockSource file, Member member, Budget budget) {
  private static final int COPY_BYTES = 1 << 15;

  /** Whether a recipe costs no more than it may. */
  boolean affords(byte[] recipe) throws FormatException {
    return budget.allows(recipe, member);
  }

  /** Whether a recipe that costs no more than it may gives the member's very bytes. */
  boolean rebuilds(byte[] recipe) throws IOException {
    if (!affords(recipe)) {
      return false;
    }
    var compared = new ComparingOutput(file, member);
    try (InputStream plain = member.plain(file)) {
      OutputStream out = Rebuild.open(recipe, compared);
      byte[] buffer = new byte[COPY_BYTES];
      long total = 0;
      for (int count = plain.read(buffer); count >= 0; count = plain.read(buffer)) {
        out.write(buffer, 0, count);
        total += count;
      }
      out.close();
      return compared.complete() && total == member.plainLength();
    } catch (ComparingOutput.Different e) {
      return false;
    }
  }
}
