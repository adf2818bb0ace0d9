// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.fat.Fat;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The EFI system partition, with a boot loader in {@code /EFI/BOOT} and another beside it. */
final class EfiLoaderPlace implements LoaderPlace {
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private final SystemDisk disk;
  private final Tree tree;
  private final int confirmed;

  private EfiLoaderPlace(SystemDisk disk, Tree tree, int confirmed) {
    this.disk = disk;
    this.tree = tree;
    this.confirmed = confirmed;
  }

  /**
   * The places of a disk; nothing when no EFI firmware starts it.
   *
   * @throws FormatException when the boot loader there cannot give way to another
   */
  static Optional<EfiLoaderPlace> of(SystemDisk disk) throws IOException {
    // not from memory: what the partition's own driver wrote is not in the cache of the disk
    Tree tree = read(disk, disk.fromDevice(DiskLayout.ESP));
    boolean programs =
        files(tree, LoaderPlaces.EFI_NAMED).keySet().stream()
            .anyMatch(name -> name.toUpperCase(Locale.ROOT).endsWith(".EFI"));
    if (!programs) {
      return Optional.empty();
    }
    for (int place = 1; place <= 2; place++) {
      String file = "/" + LoaderPlaces.EFI_PLACE_FILE + place;
      boolean spare =
          tree.node(TreePath.of(LoaderPlaces.EFI_SPARE)).orElse(null) instanceof Directory;
      if (tree.contains(LoaderPlaces.EFI_NAMED + file) && spare) {
        return Optional.of(new EfiLoaderPlace(disk, tree, place));
      }
    }
    throw new FormatException(
        disk.name() + ": the boot loader is of an earlier release and cannot give way to another");
  }

  private static Tree read(SystemDisk disk, BlockSource partition) throws IOException {
    return Fat.read(partition, disk.name() + ": esp").tree();
  }

  /** All files but the one that tells which place this is. */
  private static SortedMap<String, Content> files(Tree tree, String directory) {
    // as the firmware compares them
    var files = new TreeMap<String, Content>(String.CASE_INSENSITIVE_ORDER);
    TreePath parent = TreePath.of(directory);
    tree.entries()
        .forEach(
            (path, node) -> {
              if (path.parent().filter(parent::equals).isPresent()
                  && node instanceof RegularFile file
                  && !path.name().startsWith(LoaderPlaces.EFI_PLACE_FILE)) {
                files.put(path.name(), file.content());
              }
            });
    return files;
  }

  @Override
  public int spare() {
    return LoaderPlaces.other(confirmed);
  }

  @Override
  public SortedMap<String, Content> confirmed() {
    return files(tree, LoaderPlaces.EFI_NAMED);
  }

  @Override
  public void check(SortedMap<String, Content> files) throws IOException {
    Path device = Path.of(disk.name());
    requireUnmounted(
        Files.exists(MOUNTS) ? Files.readAllLines(MOUNTS) : List.of(),
        (Files.exists(device) ? device.toRealPath() : device).toString());
  }

  @Override
  public void write(SortedMap<String, Content> files, Instant builtAt) throws IOException {
    var all = new TreeMap<>(files);
    all.put(LoaderPlaces.EFI_PLACE_FILE + spare(), Content.utf8(spare() + "\n"));
    disk.alone(
        () -> {
          check(files);
          Fat.replace(
              disk.fromDevice(DiskLayout.ESP),
              disk.sink(DiskLayout.ESP),
              disk.name() + ": esp",
              LoaderPlaces.EFI_SPARE,
              all,
              builtAt.getEpochSecond());
          return null;
        });
  }

  /** A driver that has the partition's tables in memory would write its own over ours. */
  static void requireUnmounted(List<String> mounts, String diskName) throws RefusedException {
    for (String mount : mounts) {
      String[] words = mount.split(" ");
      if (words.length > 2
          && words[2].equals("vfat")
          && words[0].matches(Pattern.quote(diskName) + "p?[0-9]+")) {
        throw new RefusedException(
            words[0]
                + " is mounted at "
                + words[1]
                + "; no FAT of this disk may be while its boot loader is replaced: unmount it first");
      }
    }
  }

  @Override
  public SortedMap<String, Content> written() throws IOException {
    Tree now = read(disk, disk.fromDevice(DiskLayout.ESP));
    String file = LoaderPlaces.EFI_SPARE + "/" + LoaderPlaces.EFI_PLACE_FILE + spare();
    if (!now.contains(file)) {
      throw new IOException(disk.name() + ": esp: " + file + " is not there after it was written");
    }
    return files(now, LoaderPlaces.EFI_SPARE);
  }
}
