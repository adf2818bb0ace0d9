// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a partition is for: a GUID, and the name people know it by.
 *
 * @see <a
 *     href="https://uapi-group.org/specifications/specs/discoverable_partitions_specification/">UAPI.2,
 *     Discoverable Partitions Specification</a>
 */
public record PartitionType(UUID id, String name) {
  /** Where GRUB's core image lies on a BIOS machine; no file system. */
  public static final PartitionType BIOS_BOOT =
      known("21686148-6449-6e6f-744e-656564454649", "BIOS boot");

  /** UEFI 2.10, 5.3.3, table 5.7. */
  public static final PartitionType EFI_SYSTEM =
      known("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system");

  public static final PartitionType LINUX_FILE_SYSTEM =
      known("0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux file system");
  public static final PartitionType LINUX_SWAP =
      known("0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "Linux swap");
  public static final PartitionType LINUX_HOME =
      known("933ac7e1-2eb4-4f13-b844-0e14e2aef915", "Linux home");
  public static final PartitionType LINUX_SRV =
      known("3b8f8425-20e0-4f3b-907f-1a25a76f98e8", "Linux server data");
  public static final PartitionType LINUX_VAR =
      known("4d21b016-b534-45c2-a9fb-5c16e091fd2d", "Linux variable data");
  public static final PartitionType LINUX_EXTENDED_BOOT =
      known("bc13c2ff-59e6-4262-a352-b275fd6f7172", "Linux extended boot");
  public static final PartitionType LINUX_LVM =
      known("e6d6d379-f507-44c2-a23c-238f2a3df928", "Linux LVM");
  public static final PartitionType LINUX_RAID =
      known("a19d880f-05fc-4d3b-a006-743f0f84911e", "Linux RAID");
  public static final PartitionType MICROSOFT_BASIC_DATA =
      known("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "Microsoft basic data");

  /** Root file systems by Debian's name of the architecture. */
  private static final Map<String, PartitionType> ROOTS =
      Map.ofEntries(
          root("amd64", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "x86-64"),
          root("arm64", "b921b045-1df0-41c3-af44-4c6f280d3fae", "ARM64"),
          root("armhf", "69dad710-2ce4-4e3c-b16c-21a1d49abed3", "ARM 32-bit"),
          root("armel", "69dad710-2ce4-4e3c-b16c-21a1d49abed3", "ARM 32-bit"),
          root("i386", "44479540-f297-41b2-9af7-d131d5f0458a", "x86"),
          root("loong64", "77055800-792c-4f94-b39a-98c91b762bb6", "LoongArch 64-bit"),
          root("mips64el", "700bda43-7a34-4507-b179-eeb93d7a7ca3", "MIPS 64-bit LE"),
          root("mipsel", "37c58c8a-d913-4156-a25f-48b1b64e07f0", "MIPS 32-bit LE"),
          root("ppc64el", "c31c45e6-3f39-412e-80fb-4809c4980599", "POWER 64-bit LE"),
          root("riscv64", "72ec70a6-cf74-40e6-bd49-4bda08e8f224", "RISC-V 64-bit"),
          root("s390x", "5eead9a9-fe09-4a1e-a1d7-520d00531306", "s390x"));

  private static final List<PartitionType> KNOWN =
      Stream.concat(
              Stream.of(
                  BIOS_BOOT,
                  EFI_SYSTEM,
                  LINUX_FILE_SYSTEM,
                  LINUX_SWAP,
                  LINUX_HOME,
                  LINUX_SRV,
                  LINUX_VAR,
                  LINUX_EXTENDED_BOOT,
                  LINUX_LVM,
                  LINUX_RAID,
                  MICROSOFT_BASIC_DATA),
              ROOTS.values().stream())
          .distinct()
          .sorted(Comparator.comparing(PartitionType::name))
          .toList();

  public PartitionType {
    Objects.requireNonNull(name, "name");
    if (id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() == 0) {
      throw new IllegalArgumentException("the type of zeros marks an unused entry; give another");
    }
  }

  /**
   * The type of a root file system.
   *
   * @param architecture Debian's name of it, such as {@code amd64}
   * @return nothing for an architecture the specification has no type for
   */
  public static Optional<PartitionType> root(String architecture) {
    return Optional.ofNullable(ROOTS.get(architecture));
  }

  /** The type with an id; an unknown one is named by its id. */
  public static PartitionType of(UUID id) {
    return KNOWN.stream()
        .filter(type -> type.id.equals(id))
        .findFirst()
        .orElseGet(() -> new PartitionType(id, id.toString()));
  }

  private static PartitionType known(String id, String name) {
    return new PartitionType(UUID.fromString(id), name);
  }

  private static Map.Entry<String, PartitionType> root(String debian, String id, String words) {
    return Map.entry(debian, known(id, "Linux root (" + words + ")"));
  }
}
