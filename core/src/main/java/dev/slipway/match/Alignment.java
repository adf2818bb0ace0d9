// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

/**
 * The new bytes {@code [newOffset, newOffset + length)} are matched, byte for byte and perhaps
 * approximately, with the old bytes {@code [oldOffset, oldOffset + length)}.
 */
public record Alignment(long newOffset, long oldOffset, long length) {}
