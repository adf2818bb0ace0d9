// SPDX-License-Identifier: Apache-2.0
/**
 * Hash trees over volumes, as the kernel's dm-verity reads them: format 1, SHA-256, blocks of 4096
 * bytes.
 *
 * <pre>
 * data:    | block | block | ...                                    digest = SHA-256(salt block)
 * tree:    [superblock, 4096]  | top | second level ... | lowest level ...
 *                                128 digests a block, zeros behind the last
 * root:    the digest of the top block; of the data itself when that is one block
 * </pre>
 *
 * <p>{@link dev.slipway.verity.Verity} makes trees, verifies data, and opens data so that every
 * block is checked when it is read. {@link dev.slipway.verity.VeritySuperblock} is the block that
 * may stand before a tree; without it, whoever opens has to know the salt.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/device-mapper/verity.html">dm-verity</a>
 */
package dev.slipway.verity;
