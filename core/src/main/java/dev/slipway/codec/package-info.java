// SPDX-License-Identifier: Apache-2.0
/**
 * gzip, xz, LZMA and zstd behind one door.
 *
 * <p>Reading order: {@link dev.slipway.codec.Codec} is the door, {@code DecoderStream} guards it
 * (one kind of error, a limit on the output). {@code GzipInputStream} and {@code ZstdInput} read
 * their formats' frames; xz and LZMA are the library's. {@code GzipOutputStream}, {@code Deflate},
 * {@code DeflateBlock} and {@code HuffmanCode} are our own deflate encoder, which the JDK's cannot
 * replace: {@code docs/decisions/0011-deflate.md}. {@link dev.slipway.codec.RawLzma} is for GRUB's
 * core image.
 */
package dev.slipway.codec;
