// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import java.util.List;

/**
 * A table as it was found on a disk.
 *
 * @param fromBackup the primary table is damaged: this is what the backup says
 * @param complaints what is wrong with the disk although the table could be read, one sentence each
 */
public record GptReading(
    Gpt table, boolean fromBackup, byte[] bootCode, long diskSignature, List<String> complaints) {
  public GptReading {
    bootCode = bootCode.clone();
    complaints = List.copyOf(complaints);
  }

  @Override
  public byte[] bootCode() {
    return bootCode.clone();
  }
}
