// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

/**
 * What applying a delta did.
 *
 * @param targetBytes the size of the target, which is whole and checked
 * @param resumedBytes how many of them an earlier run had made
 * @param writtenBytes how many were written now
 */
public record Applied(long targetBytes, long resumedBytes, long writtenBytes) {

  /** How many were not written, because the right bytes were there already. */
  public long presentBytes() {
    return targetBytes - resumedBytes - writtenBytes;
  }
}
