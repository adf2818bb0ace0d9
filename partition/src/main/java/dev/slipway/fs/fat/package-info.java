// SPDX-License-Identifier: Apache-2.0
/**
 * FAT12, FAT16 and FAT32 with long names, written and read.
 *
 * <pre>
 *   boot sector | FSInfo, backup (FAT32) | table | table | root (FAT12/16) | clusters from 2 on
 * </pre>
 *
 * <p>Start with {@link dev.slipway.fs.fat.Fat}. Writing: {@code FatWriter}, {@code FatSizing},
 * {@code FatNames}, {@code FatDirectory}, {@code BootSector}; reading: {@code FatReader}, {@code
 * FatTable}, {@code FatEntries}. Format and tools: {@code docs/formats/fat.md}.
 */
package dev.slipway.fs.fat;
