// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.GrubEnvironment;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a machine with UEFI starts: the distribution's signed shim, which starts the distribution's
 * signed GRUB. The files are taken from the packages and never changed, so Secure Boot accepts
 * them.
 *
 * <pre>
 * /EFI/BOOT/BOOTX64.EFI   shim, the name firmware looks for on a disk it knows nothing about
 * /EFI/BOOT/grubx64.efi   GRUB, the name shim looks for beside itself
 * /EFI/BOOT/mmx64.efi     shim's key manager
 * /EFI/BOOT/grub.cfg      our script, where this GRUB looks when its own directory has none
 * /EFI/BOOT/PLACE1        says which of the two places for boot loaders this is
 * /EFI/SPARE/PLACE2       the other place, empty until the first update of the boot loader
 * /EFI/debian/grubenv.1         the boot store
 * /EFI/debian/grubenv.1-apart   zeros that keep its blocks in different pages of the disk
 * /EFI/debian/grubenv.2
 * </pre>
 *
 * <p>Machine and directory are read out of the files: {@code AA64} for {@code X64}, {@code ubuntu}
 * for {@code debian}.
 */
public final class GrubEfi {
  private static final long FILE_BYTES_MAX = 64L << 20;
  private static final int MIMG_HEADER_BYTES = 24;
  private static final long MIMG = 0x676d696d;
  private static final int OBJECT_ELF = 0;
  private static final int OBJECT_PREFIX = 3;

  /** What our script uses; under Secure Boot nothing can be loaded that is not built in. */
  private static final Set<String> MODULES_NEEDED =
      Set.of(
          "boot",
          "part_gpt",
          "fat",
          "ext2",
          "normal",
          "configfile",
          "linux",
          "chain",
          "loadenv",
          "test",
          "true",
          "regexp",
          "serial",
          "terminal",
          "echo",
          "sleep",
          "reboot");

  /** Lies between the blocks of the store: disks and kernels write more than one sector at once. */
  private static final String APART = "-apart";

  private static final int APART_BYTES = 64 << 10;

  private static final Content PLACE_1 = Content.utf8("1\n");
  private static final Content PLACE_2 = Content.utf8("2\n");

  private final String machine;
  private final String directory;
  private final Content shim;
  private final Content grub;
  private final Optional<Content> keyManager;

  private GrubEfi(
      String machine, String directory, Content shim, Content grub, Optional<Content> keyManager) {
    this.machine = machine;
    this.directory = directory;
    this.shim = shim;
    this.grub = grub;
    this.keyManager = keyManager;
  }

  /**
   * Finds the files.
   *
   * @param packages an unpacked package set that holds {@code shim-signed} and the signed GRUB
   */
  public static GrubEfi of(Tree packages) throws IOException {
    var files = new PackageFiles(packages);
    TreePath grubPath =
        first(files, "/usr/lib/grub/[a-z0-9_]+-efi-signed/grub(x64|aa64|ia32)\\.efi\\.signed")
            .orElseThrow(
                () ->
                    missing(
                        "a signed GRUB", "grub-efi-ARCH-signed, such as grub-efi-amd64-signed"));
    Content grub = files.find(grubPath.toString()).orElseThrow();
    EfiImage image = read(grubPath, grub);
    String machine = image.machine();
    // Ubuntu installs several and lets a link choose; the newest is the one it would choose
    TreePath shimPath =
        first(
                files,
                "/usr/lib/shim/shim" + machine + "\\.efi\\.signed",
                "/usr/lib/shim/shim" + machine + "\\.efi\\.signed\\.latest",
                "/usr/lib/shim/shim" + machine + "\\.efi\\.dualsigned")
            .orElseThrow(() -> missing("shim for " + machine, "shim-signed"));
    Content shim = files.find(shimPath.toString()).orElseThrow();
    String shimMachine = read(shimPath, shim).machine();
    if (!shimMachine.equals(machine)) {
      throw new FormatException(
          shimPath + ": Machine: found " + shimMachine + ", but GRUB is for " + machine);
    }
    Optional<Content> keyManager =
        first(
                files,
                "/usr/lib/shim/mm" + machine + "\\.efi\\.signed",
                "/usr/lib/shim/mm" + machine + "\\.efi")
            .flatMap(path -> files.find(path.toString()));
    String directory = directory(grubPath.toString(), image);
    return new GrubEfi(machine, directory, shim, grub, keyManager);
  }

  private static Optional<TreePath> first(PackageFiles files, String... patterns) {
    for (String pattern : patterns) {
      List<TreePath> found = files.matching(pattern);
      if (!found.isEmpty()) {
        return Optional.of(found.get(0));
      }
    }
    return Optional.empty();
  }

  private static IllegalArgumentException missing(String what, String packageName) {
    return new IllegalArgumentException(what + " is missing; add the package " + packageName);
  }

  private static EfiImage read(TreePath path, Content content) throws IOException {
    byte[] bytes = PackageFiles.bounded(path.toString(), content, FILE_BYTES_MAX);
    EfiImage image = EfiImage.read(path.toString(), bytes);
    image.requireSignature();
    return image;
  }

  /** GRUB carries what grub-mkimage was told in a section: modules, a script, and the prefix. */
  private static String directory(String source, EfiImage image) throws FormatException {
    byte[] section =
        image
            .section("mods")
            .orElseThrow(() -> new FormatException(source + ": there is no section \"mods\""));
    String name = source + ": mods";
    StructReader in = StructReader.littleEndian(name, 0, section);
    if (in.u32(0, "magic") != MIMG) {
      throw in.error(0, "magic", "expected \"mimg\"");
    }
    long offset = in.u64(8, "offset");
    long end = in.u64(16, "size");
    if (offset < MIMG_HEADER_BYTES || end > section.length || offset > end) {
      throw in.error(8, "offset", "objects from " + offset + " to " + end + " leave the section");
    }
    var modules = new TreeSet<String>();
    String prefix = null;
    for (int at = (int) offset; at < end; ) {
      long type = in.u32(at, "type");
      long size = in.u32(at + 4, "size");
      if (size < 8 || size > end - at) {
        throw in.error(at + 4, "size", "found " + size + ", " + (end - at) + " bytes are left");
      }
      byte[] data = in.bytes(at + 8, (int) size - 8, "data");
      if (type == OBJECT_PREFIX) {
        prefix = text(data);
      } else if (type == OBJECT_ELF) {
        ElfImage.read(name + ": module at byte " + at, data)
            .section(".modname")
            .ifPresent(module -> modules.add(text(module)));
      }
      at += (int) size;
    }
    requireModules(source, modules);
    if (prefix == null || !prefix.matches("(/[A-Za-z0-9_.-]+)+")) {
      throw new FormatException(
          name + ": prefix: found " + prefix + ", expected a directory such as /EFI/debian");
    }
    return prefix;
  }

  private static void requireModules(String source, Set<String> found) throws FormatException {
    var lacking = new TreeSet<>(MODULES_NEEDED);
    lacking.removeAll(found);
    if (!lacking.isEmpty()) {
      throw new FormatException(
          source + ": modules: our boot script needs " + lacking + ", which are not built in");
    }
  }

  private static String text(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    return new String(data, 0, end, StandardCharsets.UTF_8);
  }

  /** What UEFI calls the machine: {@code x64}, {@code aa64}. */
  public String machine() {
    return machine;
  }

  /** Where this GRUB looks for its script: {@code /EFI/debian}. */
  public String directory() {
    return directory;
  }

  /**
   * All that belongs on the EFI system partition.
   *
   * @param menu must be {@linkplain BootMenu#withDirectory made for} {@link #directory}
   */
  public Tree esp(BootMenu menu, BootState state) {
    requireHere(menu.directory());
    return withPrograms(configuration(menu, state));
  }

  private void requireHere(String menuDirectory) {
    if (!menuDirectory.equals(directory)) {
      throw new IllegalArgumentException(
          "this GRUB looks into " + directory + ", the menu is for " + menuDirectory);
    }
  }

  private Tree withPrograms(Tree configuration) {
    String upper = machine.toUpperCase(Locale.ROOT);
    return configuration.with(
        t -> {
          file(t, "/EFI/BOOT/BOOT" + upper + ".EFI", shim);
          file(t, "/EFI/BOOT/grub" + machine + ".efi", grub);
          keyManager.ifPresent(k -> file(t, "/EFI/BOOT/mm" + machine + ".efi", k));
        });
  }

  /** What belongs on the partition beside the programs: script, store, and the spare place. */
  public static Tree configuration(BootMenu menu, BootState state) {
    List<GrubEnvironment> blocks = BootStore.fresh(state);
    return Tree.of(
        t -> {
          file(t, menu.configurationPath(), Content.utf8(menu.grubConfiguration()));
          file(t, LoaderPlaces.EFI_NAMED + "/" + LoaderPlaces.EFI_PLACE_FILE + 1, PLACE_1);
          file(t, LoaderPlaces.EFI_SPARE + "/" + LoaderPlaces.EFI_PLACE_FILE + 2, PLACE_2);
          for (int i = 0; i < blocks.size(); i++) {
            file(t, menu.environmentPaths().get(i), Content.bytes(blocks.get(i).bytes()));
          }
          file(t, menu.environmentPaths().get(0) + APART, Content.bytes(new byte[APART_BYTES]));
        });
  }

  private static void file(TreeBuilder t, String path, Content content) {
    t.file(path, 0755, content);
  }
}
