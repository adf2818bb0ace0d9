// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

/**
 * A piece of what is told: the bytes of one op, by their addresses in the search.
 *
 * @param kind what to do
 * @param address where the new bytes are
 * @param old where the old bytes are, for copies and differences
 */
record Piece(Kind kind, long address, long length, long old) {
  enum Kind {
    ZEROS,
    LITERAL,
    COPY,
    DIFF
  }
}
