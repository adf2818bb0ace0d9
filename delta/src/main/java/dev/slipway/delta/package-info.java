// SPDX-License-Identifier: Apache-2.0
/**
 * Deltas between images: made from two volumes, applied on a device.
 *
 * <pre>
 *   source ─┐  equal blocks ── members opened ── aligned ── executables paired ── told
 *           ├──► (Search)       (MemberTexts)    (Search)     (CodeSearch)       (Recital) ──► lanes ──► file
 *   target ─┘
 *
 *   file ──► lanes ──► ops (Production) ──► target (TargetOutput), from source and plain texts (Reach)
 * </pre>
 *
 * <p>{@link dev.slipway.delta.BlockDelta} is the facade for making, {@link
 * dev.slipway.delta.DeltaApplier} with a {@link dev.slipway.delta.Destination} for applying, {@link
 * dev.slipway.delta.DeltaReport} tells what costs how much. {@code Making} and {@code Production}
 * are the two tables of contents; {@code Op}, {@code OpWriter} and {@code OpReader} the language
 * between them. The file is described in {@code docs/formats/delta.md}.
 */
package dev.slipway.delta;
