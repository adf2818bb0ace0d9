// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.squashfs.Squashfs;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An image that exists, whoever made it, as a volume that knows where files lie in it: so a foreign
 * image can be compared with another as well as one of ours.
 *
 * <p>Files are found in FAT, in ext2, ext3, ext4, and in blocks of squashfs that are not
 * compressed; other parts are bytes of which nothing is known, and so is a file system that cannot
 * be read. The source stays open as long as the image is used.
 */
public final class RecognisedImage implements Volume {
  private final Volume bytes;
  private final DiskInspection inspection;
  private final List<Part> parts;

  /**
   * A partition, or the whole image when it has no partition table.
   *
   * @param offsetBytes where it starts in the image
   * @param volume its bytes, and the files in them
   */
  public record Part(InspectedPartition partition, long offsetBytes, Volume volume) {}

  private RecognisedImage(BlockSource source, DiskInspection inspection, List<Part> parts) {
    this.inspection = inspection;
    this.parts = List.copyOf(parts);
    var all = new ArrayList<Extent>();
    for (Part part : parts) {
      for (Extent extent : part.volume().extents()) {
        all.add(
            new Extent(
                part.offsetBytes() + extent.offset(),
                extent.length(),
                extent.path(),
                extent.fileOffset(),
                extent.digest()));
      }
    }
    all.sort(Comparator.comparingLong(Extent::offset));
    this.bytes = Volume.of(source, List.copyOf(all));
  }

  /**
   * Recognises an image. Every file in it is read once, for its digest.
   *
   * @param name the image's name in error messages
   */
  public static RecognisedImage of(BlockSource source, String name) throws IOException {
    DiskInspection inspection = DiskInspection.of(source, name);
    var parts = new ArrayList<Part>();
    for (InspectedPartition partition : inspection.partitions()) {
      BlockSource slice = source.slice(partition.offsetBytes(), partition.sizeBytes());
      parts.add(
          new Part(
              partition,
              partition.offsetBytes(),
              Volume.of(slice, filesIn(partition, slice, name))));
    }
    return new RecognisedImage(source, inspection, parts);
  }

  private static List<Extent> filesIn(InspectedPartition partition, BlockSource slice, String name)
      throws IOException {
    String kind = partition.fileSystem().map(FileSystemInfo::kind).orElse("");
    try {
      if (kind.equals("vfat")) {
        return Fat.read(slice, name).extents();
      }
      if (kind.equals("squashfs")) {
        return Squashfs.open(slice, name).extents();
      }
      return kind.startsWith("ext") ? Ext4.open(slice, name).extents() : List.of();
    } catch (FormatException e) {
      return List.of(); // the inspection has it among its complaints
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  public DiskInspection inspection() {
    return inspection;
  }

  /** In the order of their numbers. */
  public List<Part> parts() {
    return parts;
  }

  /** The first partition with a name. */
  public Optional<Part> part(String name) {
    return parts.stream().filter(part -> part.partition().name().equals(name)).findFirst();
  }

  @Override
  public long size() {
    return bytes.size();
  }

  @Override
  public void writeTo(BlockSink sink, Progress progress) throws IOException {
    bytes.writeTo(sink, progress);
  }

  @Override
  public BlockSource open() throws IOException {
    return bytes.open();
  }

  /** The whole size: which of it are holes is not known before it is read. */
  @Override
  public long dataBytes() {
    return bytes.dataBytes();
  }

  @Override
  public List<Extent> extents() {
    return bytes.extents();
  }
}
