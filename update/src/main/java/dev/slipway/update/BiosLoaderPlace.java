// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.boot.CoreImage;
import dev.slipway.boot.GrubBios;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.bundle.BundleLoader;
import dev.slipway.disk.DiskLayout;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The BIOS boot partition, with a core image in each half. */
final class BiosLoaderPlace implements LoaderPlace {
  private static final int SECTOR_BYTES = GrubBios.SECTOR_BYTES;
  private static final long ANY_LBA = DiskLayout.BIOS_OFFSET.bytes() / SECTOR_BYTES;

  private final SystemDisk disk;
  private final byte[] firstSector;
  private final long lba;
  private final int confirmed;

  private BiosLoaderPlace(SystemDisk disk, byte[] firstSector, long lba, int confirmed) {
    this.disk = disk;
    this.firstSector = firstSector;
    this.lba = lba;
    this.confirmed = confirmed;
  }

  /**
   * The places of a disk; nothing when no BIOS starts it.
   *
   * @throws FormatException when the boot loader there cannot give way to another
   */
  static Optional<BiosLoaderPlace> of(SystemDisk disk) throws IOException {
    byte[] first = disk.whole().readFully(0, SECTOR_BYTES);
    boolean code = false;
    for (int i = 0; i < GrubBios.BOOT_CODE_BYTES; i++) {
      code |= first[i] != 0;
    }
    if (!code || !disk.has(DiskLayout.BIOS)) {
      return Optional.empty();
    }
    long lba = disk.firstLba(DiskLayout.BIOS);
    int confirmed = CoreImage.named(first, lba, disk.name() + ": first sector");
    var place = new BiosLoaderPlace(disk, first, lba, confirmed);
    BlockSource partition = disk.partition(DiskLayout.BIOS);
    if (partition.size() < 2L * LoaderPlaces.BIOS_BYTES
        || !CoreImage.knowsItsPlace(place.core(partition, confirmed))) {
      throw new FormatException(
          disk.name()
              + ": the boot loader is of an earlier release and cannot give way to another");
    }
    return Optional.of(place);
  }

  private byte[] core(BlockSource partition, int place) throws IOException {
    byte[] bytes = partition.readFully(offset(place), LoaderPlaces.BIOS_BYTES);
    return CoreImage.read(bytes, disk.name() + ": core image in place " + place);
  }

  private long startOffset() {
    return (long) LoaderPlaces.startSector(spare()) * SECTOR_BYTES;
  }

  private static long offset(int place) {
    return (long) (place - 1) * LoaderPlaces.BIOS_BYTES;
  }

  @Override
  public int spare() {
    return LoaderPlaces.other(confirmed);
  }

  @Override
  public SortedMap<String, Content> confirmed() throws IOException {
    return files(disk.partition(DiskLayout.BIOS), confirmed);
  }

  /** In the form in which a bundle has it: as it would be in place 1 of a disk of ours. */
  private SortedMap<String, Content> files(BlockSource partition, int place) throws IOException {
    byte[] core = CoreImage.placed(core(partition, place), ANY_LBA, 1);
    var files = new TreeMap<String, Content>();
    files.put(BundleLoader.CORE, Content.bytes(core));
    return files;
  }

  @Override
  public void check(SortedMap<String, Content> files) throws IOException {
    checked(files);
  }

  private static byte[] checked(SortedMap<String, Content> files) throws IOException {
    byte[] core = files.get(BundleLoader.CORE).readAll();
    CoreImage.requireWhole(core, "core image in the bundle");
    if (!Arrays.equals(core, CoreImage.placed(core, ANY_LBA, 1))) {
      throw new FormatException(
          "core image in the bundle: is not as it would be in place 1 of a disk of ours; make the"
              + " bundle with \"bundle create --boot-loader\"");
    }
    return core;
  }

  @Override
  public void write(SortedMap<String, Content> files, Instant builtAt) throws IOException {
    byte[] core = checked(files);
    BlockSink sink = disk.sink(DiskLayout.BIOS);
    sink.write(offset(spare()), CoreImage.placed(core, lba, spare()));
    sink.write(startOffset(), CoreImage.startSector(firstSector, lba, spare()));
    sink.flush();
  }

  @Override
  public SortedMap<String, Content> written() throws IOException {
    BlockSource device = disk.fromDevice(DiskLayout.BIOS);
    byte[] start = CoreImage.startSector(firstSector, lba, spare());
    if (!Arrays.equals(device.readFully(startOffset(), SECTOR_BYTES), start)) {
      throw new IOException(disk.name() + ": place " + spare() + " does not keep its start sector");
    }
    return files(device, spare());
  }
}
