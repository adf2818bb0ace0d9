// SPDX-License-Identifier: Apache-2.0
/**
 * Several solid streams in one file that is read forward once.
 *
 * <pre>
 *   lane 0   ops ops ops ...           ┐ compressed each by itself, as raw LZMA2,
 *   lane 1   lengths ...               │ over the whole of the delta
 *   lane 2   differences ...           ┘
 *
 *   file     [1 chunk][0 chunk][2 chunk][2 chunk][1 chunk] ...
 * </pre>
 *
 * <p>An LZMA2 stream is a sequence of chunks, each of which says how many bytes come out of it.
 * {@link dev.slipway.delta.coding.LaneWriter} notes when the reader will want the first byte of
 * each and puts the chunks of all lanes in that order; so {@link
 * dev.slipway.delta.coding.LaneReader} finds each lane's next chunk close by and never holds many.
 */
package dev.slipway.delta.coding;
