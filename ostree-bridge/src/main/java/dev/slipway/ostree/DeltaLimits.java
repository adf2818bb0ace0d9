// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

/**
 * How much of this machine a static delta may take. All sizes a delta declares are held against
 * these before anything is allocated or written.
 *
 * @param superblockBytes how large a superblock may be
 * @param partBytes how large a part's file may be
 * @param payloadBytes how large a part may become when it is unpacked, which is on the disk
 * @param objectBytes how large an object may be
 * @param operationBytes how many bytes of operations a part may have, which are held in memory
 */
public record DeltaLimits(
    long superblockBytes, long partBytes, long payloadBytes, long objectBytes, int operationBytes) {
  /** Room for deltas of whole systems: objects and parts of 16 GiB, superblocks of 64 MiB. */
  public static final DeltaLimits DEFAULT =
      new DeltaLimits(64L << 20, 16L << 30, 16L << 30, 16L << 30, 32 << 20);
}
