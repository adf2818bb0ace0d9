// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.codec.RawLzma;
import dev.slipway.io.FormatException;
import dev.slipway.io.Struct;
import dev.slipway.io.StructReader;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * GRUB for machines with a BIOS, put together from the files of {@code grub-pc-bin}: the boot code
 * of the master boot record, and a core image that holds every module it will ever need.
 *
 * <pre>
 * LBA 0           boot.img: loads one sector from the LBA at 0x5C
 * BIOS boot       diskboot.img: loads the rest; its block list is at 0x1F4
 * partition       lzma_decompress.img: sizes at 0x08 and 0x0C
 *                 LZMA1 stream (lc 3, lp 0, pb 2, 64 KiB, no header) of
 *                   kernel.img's segment | "mimg" header | modules | script | prefix
 * </pre>
 *
 * <p>The script travels in the core image, so that both are replaced together.
 *
 * <p>Only for disks with 512-byte sectors: a BIOS knows no others. Nothing of GRUB is part of this
 * library; the bytes come from the packages.
 */
public final class GrubBios {
  /** How many bytes of the first sector are boot code; disk id and partition entries follow. */
  public static final int BOOT_CODE_BYTES = 440;

  /** The size of the sectors that a BIOS reads. */
  public static final int SECTOR_BYTES = 512;

  /**
   * What the core image can do: read the disk (biosdisk, part_gpt), the EFI system partition (fat)
   * and a slot (ext2 is the driver for ext4), run the script it carries (memdisk, newc), talk,
   * start Linux or another core image (chain); ls, cat and search are there for whoever stands
   * before a GRUB prompt.
   */
  public static final List<String> MODULES =
      List.of(
          "biosdisk",
          "part_gpt",
          "fat",
          "ext2",
          "normal",
          "configfile",
          "linux",
          "chain",
          "memdisk",
          "newc",
          "loadenv",
          "test",
          "true",
          "regexp",
          "serial",
          "terminal",
          "echo",
          "sleep",
          "reboot",
          "halt",
          "minicmd",
          "ls",
          "cat",
          "search",
          "search_fs_uuid",
          "search_label");

  private static final String DIRECTORY = "/usr/lib/grub/i386-pc/";
  private static final String PACKAGE = "grub-pc-bin";
  private static final long FILE_BYTES_MAX = 1 << 20;

  private static final int MODULE_ELF = 0;
  private static final int MODULE_MEMORY_DISK = 1;
  private static final int MODULE_SCRIPT = 2;
  private static final int MODULE_PREFIX = 3;
  private static final int MODULE_HEADER_BYTES = 8;
  private static final int INFO_BYTES = 12;

  static final int FIRST_BLOCK_LIST = 500;

  /** What the core image does first: the rescue parser reads it, and it knows no more. */
  private static final String FIRST_COMMAND = "normal (memdisk)/grub.cfg\n";

  private final byte[] bootImage;
  private final byte[] core;

  private GrubBios(byte[] bootImage, byte[] core) {
    this.bootImage = bootImage;
    this.core = core;
  }

  /**
   * Reads the package's files and makes the images, but for the place they will lie at.
   *
   * @param packages an unpacked package set that holds {@code grub-pc-bin}
   * @param prefix where GRUB finds the boot store: {@code (,gpt2)/EFI/debian} is partition 2 of the
   *     drive it was started from
   * @param script what GRUB runs
   */
  public static GrubBios of(Tree packages, String prefix, String script) throws IOException {
    return of(packages, prefix, script, MODULES);
  }

  /** As {@link #of(Tree, String, String)}, with other modules than {@link #MODULES}. */
  public static GrubBios of(Tree packages, String prefix, String script, List<String> modules)
      throws IOException {
    var files = new PackageFiles(packages);
    byte[] boot = file(files, "boot.img");
    requireBootImage(boot);
    byte[] diskBoot = file(files, "diskboot.img");
    requireDiskBoot(diskBoot);
    byte[] decompressor = file(files, "lzma_decompress.img");
    byte[] payload = payload(files, prefix, script, modules);
    byte[] compressed = RawLzma.encode(payload, RawLzma.GRUB_DICTIONARY_BYTES);

    var core = new ByteArrayOutputStream();
    core.writeBytes(diskBoot);
    core.writeBytes(
        patched(decompressor)
            .u32(0x08, compressed.length, "grub_decompressor_machine_compressed_size")
            .u32(0x0C, payload.length, "grub_decompressor_machine_uncompressed_size")
            .done());
    core.writeBytes(compressed);
    CoreImage.requireFits(core.size());
    return new GrubBios(boot, wholeSectors(core.toByteArray()));
  }

  /** The size of the core image, a multiple of 512. */
  public int coreBytes() {
    return core.length;
  }

  /**
   * The first 440 bytes of the disk.
   *
   * @param coreLba the first sector of the BIOS boot partition
   */
  public byte[] bootCode(long coreLba) {
    requireLba(coreLba);
    byte[] whole =
        patched(bootImage)
            .u64(0x5C, coreLba, "kernel_sector")
            // two NOPs for the jump that trusts DL: some firmware passes a wrong drive
            .u16(0x66, 0x9090, "boot_drive_check")
            .done();
    return Arrays.copyOf(whole, BOOT_CODE_BYTES);
  }

  /** The core image for place 1 of a BIOS boot partition that starts at a sector. */
  public byte[] core(long coreLba) {
    requireLba(coreLba);
    return CoreImage.placed(core, coreLba, 1);
  }

  private static void requireLba(long lba) {
    if (lba < 1) {
      throw new IllegalArgumentException("the core image starts at sector 1 or later: " + lba);
    }
  }

  private static byte[] file(PackageFiles files, String name) throws IOException {
    return files.read(DIRECTORY + name, PACKAGE, FILE_BYTES_MAX);
  }

  private static void requireBootImage(byte[] boot) throws FormatException {
    StructReader in = StructReader.littleEndian(DIRECTORY + "boot.img", 0, boot);
    expect(in, 0x1FE, in.u16(0x1FE, "signature"), 0xAA55, "signature");
    expect(in, 0x5C, in.u64(0x5C, "kernel_sector"), 1, "kernel_sector");
    expect(in, 0x66, in.u8(0x66, "boot_drive_check"), 0xEB, "boot_drive_check");
    expect(in, 0, boot.length, SECTOR_BYTES, "size");
  }

  private static void requireDiskBoot(byte[] diskBoot) throws FormatException {
    StructReader in = StructReader.littleEndian(DIRECTORY + "diskboot.img", 0, diskBoot);
    expect(in, 0, diskBoot.length, SECTOR_BYTES, "size");
    long start = in.u64(FIRST_BLOCK_LIST, "blocklist start");
    expect(in, FIRST_BLOCK_LIST, start, 2, "blocklist start");
    int segment = in.u16(FIRST_BLOCK_LIST + 10, "blocklist segment");
    expect(in, FIRST_BLOCK_LIST + 10, segment, 0x820, "blocklist segment");
  }

  private static void expect(StructReader in, int at, long found, long expected, String field)
      throws FormatException {
    if (found != expected) {
      throw in.error(
          at,
          field,
          "found 0x" + Long.toHexString(found) + ", expected 0x" + Long.toHexString(expected));
    }
  }

  /** What the core image unpacks to. */
  static byte[] payload(PackageFiles files, String prefix, String script, List<String> modules)
      throws IOException {
    var objects = new ByteArrayOutputStream();
    String list = "moddep.lst";
    String dependencies = new String(file(files, list), StandardCharsets.US_ASCII);
    Set<String> all = GrubModules.read(DIRECTORY + list, dependencies).closure(modules);
    for (String module : all) {
      byte[] bytes = file(files, module + ".mod");
      ElfImage.read(DIRECTORY + module + ".mod", bytes).section(".modname");
      objects.writeBytes(object(MODULE_ELF, bytes));
    }
    objects.writeBytes(object(MODULE_MEMORY_DISK, memoryDisk(script)));
    objects.writeBytes(object(MODULE_SCRIPT, text(FIRST_COMMAND)));
    objects.writeBytes(object(MODULE_PREFIX, text(prefix)));

    var payload = new ByteArrayOutputStream();
    payload.writeBytes(padded(kernel(files), 4));
    payload.writeBytes(
        Struct.littleEndian(INFO_BYTES)
            .ascii(0, 4, "mimg", "magic")
            .u32(4, INFO_BYTES, "offset")
            .u32(8, INFO_BYTES + objects.size(), "size")
            .bytes());
    payload.writeBytes(objects.toByteArray());
    return payload.toByteArray();
  }

  private static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** An archive with the script, which GRUB mounts as {@code (memdisk)}. */
  private static byte[] memoryDisk(String script) throws IOException {
    var archive = new ByteArrayOutputStream();
    CpioWriter.write(Tree.of(t -> t.file("/grub.cfg", 0644, Content.utf8(script))), archive);
    return wholeSectors(archive.toByteArray());
  }

  private static byte[] kernel(PackageFiles files) throws IOException {
    String name = DIRECTORY + "kernel.img";
    ElfImage kernel = ElfImage.read(name, file(files, "kernel.img"));
    List<ElfImage.Segment> loaded =
        kernel.segments().stream()
            .filter(segment -> segment.type() == ElfImage.LOAD && segment.fileBytes() > 0)
            .toList();
    if (loaded.size() != 1) {
      throw new FormatException(
          name + ": e_phnum: found " + loaded.size() + " loadable segments, expected 1");
    }
    return kernel.bytesOf(loaded.get(0));
  }

  private static byte[] object(int type, byte[] data) {
    byte[] body = padded(data, 4);
    return Struct.littleEndian(MODULE_HEADER_BYTES + body.length)
        .u32(0, type, "type")
        .u32(4, MODULE_HEADER_BYTES + body.length, "size")
        .bytes(MODULE_HEADER_BYTES, body, "data")
        .bytes();
  }

  private static byte[] padded(byte[] bytes, int step) {
    return Arrays.copyOf(bytes, (bytes.length + step - 1) / step * step);
  }

  private static byte[] wholeSectors(byte[] bytes) {
    return padded(bytes, SECTOR_BYTES);
  }

  private static PatchedBytes patched(byte[] original) {
    return new PatchedBytes(original);
  }
}
