// SPDX-License-Identifier: Apache-2.0
/**
 * Encoders of LZMA2 for what any decoder of it reads, where the library's is too slow.
 *
 * <pre>
 *   in haste      bytes ──RowFinder──▶ matches ──QuickLzma2──▶ Symbols ──RangeOutput──▶ Chunks
 *   differences   bytes ──MatchRows──▶ matches ──CheapestPath──▶ Symbols ──RangeOutput──▶ Chunks
 * </pre>
 *
 * <p>{@link dev.slipway.lzma.QuickLzma2} takes the first good match. {@link
 * dev.slipway.lzma.ThoroughLzma2} weighs all of them by their {@code Prices}, and is made for
 * patches: long runs of zeros with a few other bytes between. {@link dev.slipway.lzma.XzOutput}
 * puts an .xz file around the latter. The encoder that rebuilds members of {@code .xz} is another
 * one, in the module of deltas: it must decide exactly as liblzma does and takes its time.
 *
 * @see <a href="https://tukaani.org/xz/format.html">the .xz format, of which LZMA2 is a filter</a>
 */
package dev.slipway.lzma;
