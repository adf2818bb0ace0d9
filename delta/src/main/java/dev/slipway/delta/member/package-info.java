// SPDX-License-Identifier: Apache-2.0
/**
 * Compressed members: finding them, opening them, and rebuilding them bit for bit from their plain
 * text.
 *
 * <pre>
 * making    source ── MemberFinder ──► Member ── plain() ──► plain text, to be matched
 *                                         └───── Recipe.of ──► recipe, a few bytes, or none: stays raw
 * applying  plain text ── Rebuild.open(recipe, …) ──► the member's very bytes
 * </pre>
 *
 * <p>Reading order: {@link dev.slipway.delta.member.MemberFinder} and {@link
 * dev.slipway.delta.member.Member}; {@link dev.slipway.delta.member.Recipe} and {@link
 * dev.slipway.delta.member.Rebuild}. Below them, for deflate: {@code DeflateDialect} says which
 * program, {@code DeflateEncoder} decides as it does, with {@code DeflateWindow} to find matches
 * and {@code DeflateBlocks}, {@code BlockHeader}, {@code CodeLengths} and {@code SymbolWriter} to
 * write them. Where a stream departs from that, {@code TokenReader} reads what was decided, {@code
 * TokenGuide} records the departures, {@code RecordedAdjustments} and {@code RecordedPlan} play
 * them back.
 *
 * <p>Whether a member can be rebuilt is decided when the delta is made: {@code Recipe.of} rebuilds
 * it and compares every byte. The format of recipes: {@code docs/formats/members.md}.
 */
package dev.slipway.delta.member;
