// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

/**
 * What a CMS message holds, once its signature counts.
 *
 * @param bytes what was signed; the array is the receiver's own
 */
public record CmsContent(byte[] bytes, CmsSigner signer) {}
