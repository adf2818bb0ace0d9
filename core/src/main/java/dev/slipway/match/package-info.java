// SPDX-License-Identifier: Apache-2.0
/**
 * Where bytes of something new can be taken from something old.
 *
 * <pre>
 *   new   ──[ aligned ]──literal──[   aligned   ]──literal──
 *               │                        │
 *   old   ──────┴──[ with differences ]──┴──────────────────
 * </pre>
 *
 * <p>An {@link dev.slipway.match.Alignment} says that a piece of the new bytes resembles a piece of
 * the old ones, byte by byte but for some that differ. {@link dev.slipway.match.Alignments}
 * compares two arrays thoroughly, through a {@link dev.slipway.match.SuffixArray}; {@link
 * dev.slipway.match.DiffStep} says its result in bsdiff's words. For images of any size there are
 * {@link dev.slipway.match.BlockIndex}, which finds what stayed the same, and {@link
 * dev.slipway.match.Matching}, which aligns the rest; both work on a {@link
 * dev.slipway.match.ByteSpace}.
 */
package dev.slipway.match;
