// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.util.OptionalLong;

/**
 * What a file system, or another thing that fills a partition, says about itself.
 *
 * @param kind as blkid calls it: {@code ext4}, {@code vfat}, {@code squashfs}, {@code erofs},
 *     {@code crypto_LUKS}, {@code swap}, {@code iso9660}, {@code xfs}, {@code btrfs}
 * @param label empty when it has none
 * @param id its UUID or serial as tools print it; empty when it has none
 * @param sizeBytes how much of the partition it takes for its own
 * @param usedBytes how much of that is not free; nothing when it does not say
 */
public record FileSystemInfo(
    String kind, String label, String id, OptionalLong sizeBytes, OptionalLong usedBytes) {}
