// SPDX-License-Identifier: Apache-2.0
/**
 * The GUID partition table, written and read.
 *
 * <pre>
 *   LBA 0          protective MBR: 440 bytes of boot code, disk signature, one record 0xEE
 *   LBA 1          primary header                                       {@code GptHeader}
 *   LBA 2 ..       128 entries of 128 bytes                             {@code GptEntry}
 *   ...            partitions
 *   LBA n-33 ..    the same entries (n-5 with sectors of 4096 bytes)
 *   LBA n-1        backup header
 * </pre>
 *
 * <p>Start with {@link dev.slipway.gpt.Gpt}. Format and tools: {@code docs/formats/gpt.md}.
 *
 * @see <a href="https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html">UEFI 2.10,
 *     chapter 5</a>
 */
package dev.slipway.gpt;
