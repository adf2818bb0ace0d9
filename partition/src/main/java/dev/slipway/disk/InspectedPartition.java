// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.util.List;
import java.util.Optional;

/**
 * A partition of an image that was found, or a whole image that is one file system.
 *
 * @param number from 1; 0 for a whole image
 * @param name in the partition table; empty when it has none
 * @param typeName for people, such as {@code EFI system}
 * @param type a GUID, or {@code 0x83} in an MBR; empty for a whole image
 * @param id as {@code PARTUUID=} names it; empty for a whole image
 * @param attributes of a GPT entry
 * @param empty its first 64 KiB are zeros: nothing was put there, as in a slot not yet filled
 * @param fileSystem nothing when no kind is known, as with zeros
 * @param system nothing when there is none or its file system is of a kind we do not read
 * @param environment GRUB's environment block, if one was found in it
 * @param complaints what is wrong inside, a sentence each
 */
public record InspectedPartition(
    int number,
    String name,
    String typeName,
    String type,
    String id,
    long offsetBytes,
    long sizeBytes,
    long attributes,
    boolean empty,
    Optional<FileSystemInfo> fileSystem,
    Optional<InstalledSystem> system,
    Optional<BootEnvironment> environment,
    List<String> complaints) {
  public InspectedPartition {
    complaints = List.copyOf(complaints);
  }
}
