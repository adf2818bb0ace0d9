// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.UUID;

/**
 * A partition as boot loader and kernel name it.
 *
 * @param number its number in the partition table, from 1
 * @param id its unique GUID
 */
public record BootPartition(int number, UUID id) {
  public BootPartition {
    if (number < 1 || number > 128) {
      throw new IllegalArgumentException("a partition's number is 1 to 128: " + number);
    }
    java.util.Objects.requireNonNull(id, "id");
  }
}
