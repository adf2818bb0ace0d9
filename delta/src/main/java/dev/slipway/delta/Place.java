// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

/**
 * Where bytes are copied from.
 *
 * @param area which bytes
 * @param offset where in them
 */
record Place(Area area, long offset) {

  /** What can be copied from. */
  enum Area {
    /** The source. */
    SOURCE,
    /** The plain text of the source's members that the delta names, one behind the other. */
    SOURCE_PLAIN,
    /** The target, as far as it is written. */
    TARGET,
    /** The plain text of the target's members that the delta keeps, one behind the other. */
    TARGET_PLAIN
  }
}
