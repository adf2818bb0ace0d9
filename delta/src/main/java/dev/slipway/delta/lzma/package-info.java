// SPDX-License-Identifier: Apache-2.0
/**
 * A fast encoder of raw LZMA2, for what any decoder of LZMA2 reads.
 *
 * <pre>
 *   bytes ──RowFinder──▶ matches ──QuickLzma2──▶ Symbols ──RangeOutput──▶ chunks
 * </pre>
 *
 * <p>{@link dev.slipway.delta.lzma.QuickLzma2} chooses among literals, matches and repeats and
 * frames the chunks. The encoder that rebuilds members of {@code .xz} is another one: it must
 * decide exactly as liblzma does and takes its time.
 *
 * @see <a href="https://tukaani.org/xz/format.html">the .xz format, of which LZMA2 is a filter</a>
 */
package dev.slipway.delta.lzma;
