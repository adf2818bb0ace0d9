// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.util.List;

/**
 * What was signed, and nothing else: the text between the armour lines with dash escapes undone and
 * without the blanks at line ends, which no signature covers.
 *
 * @param bytes the text; every line ends in a line feed
 * @param signers those whose signatures count, at least one
 */
public record SignedText(byte[] bytes, List<Signer> signers) {}
