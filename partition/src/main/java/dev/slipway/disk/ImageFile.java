// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a volume to a sparse file and digests it on the way.
 *
 * <pre>{@code
 * WrittenImage written = ImageFile.of(image).write(Path.of("robot.img"), progress);
 * written.digest();                          // names all bytes of the image
 * written.part("root-a").get().digest();     // what sha256sum of the partition prints
 * }</pre>
 *
 * <p>The file appears under its name only when it is whole; a failure leaves what was there before
 * and nothing else. Digests are made by another thread while this one writes. The digest of the
 * file as {@code sha256sum} prints it is made only on demand: it would mean to digest everything
 * twice and gigabytes of holes besides.
 *
 * @param regions each gets a digest of its own; they do not overlap
 * @param whole whether the file gets the digest that {@code sha256sum} prints
 * @param durable whether {@link #write} waits until the disk has everything
 */
public record ImageFile(Volume volume, List<Region> regions, boolean whole, boolean durable) {
  private static final int BUFFER_BYTES = 1 << 20;

  public ImageFile {
    Objects.requireNonNull(volume, "volume");
    regions = regions.stream().sorted(Comparator.comparingLong(Region::offset)).toList();
    long end = 0;
    for (Region region : regions) {
      if (region.name().isEmpty() || region.offset() < end || region.end() > volume.size()) {
        throw new IllegalArgumentException(
            "region \""
                + region.name()
                + "\" has no name, overlaps another or leaves the volume of "
                + volume.size()
                + " bytes");
      }
      end = region.end();
    }
    if (regions.stream().map(Region::name).distinct().count() < regions.size()) {
      throw new IllegalArgumentException("two regions have one name: " + regions);
    }
  }

  /** A volume as one part. */
  public static ImageFile of(Volume volume) {
    return new ImageFile(volume, List.of(), false, false);
  }

  /** A disk with a part for every partition that holds something, zeros behind it included. */
  public static ImageFile of(DiskImage image) {
    ImageFile file = of((Volume) image);
    for (DiskPartition partition : image.partitions()) {
      if (partition.content().dataBytes() > 0) {
        file =
            file.digesting(
                new Region(partition.name(), partition.offsetBytes(), partition.sizeBytes()));
      }
    }
    return file;
  }

  /** Digests a region as well. */
  public ImageFile digesting(Region region) {
    var more = new ArrayList<>(regions);
    more.add(region);
    return new ImageFile(volume, more, whole, durable);
  }

  /** Makes the digest of the whole file, too. */
  public ImageFile digestingWhole() {
    return new ImageFile(volume, regions, true, durable);
  }

  /** Makes {@link #write} wait until the disk has everything. */
  public ImageFile durably() {
    return new ImageFile(volume, regions, whole, true);
  }

  /** Writes the file, replacing one that is there. */
  public WrittenImage write(Path path, Progress progress) throws IOException {
    try (PartFile part = PartFile.create(path, volume.size())) {
      List<Region> parts = covering();
      List<List<Optional<Digest>>> digests = fill(part, parts, progress);
      if (durable) {
        part.flush();
      }
      part.commit();
      if (durable) {
        part.flushDirectory();
      }
      return written(path, parts, digests);
    }
  }

  private WrittenImage written(
      Path path, List<Region> parts, List<List<Optional<Digest>>> digests) {
    var found = new ArrayList<WrittenImage.Part>();
    for (int i = 0; i < parts.size(); i++) {
      Region part = parts.get(i);
      digests.get(0).get(i).ifPresent(digest -> found.add(new WrittenImage.Part(part, digest)));
    }
    return new WrittenImage(
        path, volume.size(), found, whole ? digests.get(1).get(0) : Optional.empty());
  }

  /** The regions and what lies between them. */
  private List<Region> covering() {
    var parts = new ArrayList<Region>();
    long end = 0;
    for (Region region : regions) {
      if (region.offset() > end) {
        parts.add(new Region("", end, region.offset() - end));
      }
      parts.add(region);
      end = region.end();
    }
    if (end < volume.size()) {
      parts.add(new Region("", end, volume.size() - end));
    }
    return parts;
  }

  private List<RegionDigests> digesters(List<Region> parts) {
    var digesters = new ArrayList<RegionDigests>();
    digesters.add(new RegionDigests(parts));
    if (whole) {
      digesters.add(new RegionDigests(List.of(new Region("whole", 0, volume.size()))));
    }
    return digesters;
  }

  private List<List<Optional<Digest>>> fill(PartFile part, List<Region> parts, Progress progress)
      throws IOException {
    try (DigestingSink sink = new DigestingSink(part, digesters(parts))) {
      volume.writeTo(sink, progress);
      var digests = sink.digests();
      return digests.isPresent() ? digests.get() : readBack(part, parts);
    }
  }

  private List<List<Optional<Digest>>> readBack(PartFile part, List<Region> parts)
      throws IOException {
    List<RegionDigests> digesters = digesters(parts);
    byte[] buffer = new byte[BUFFER_BYTES];
    for (long at = 0; at < volume.size(); ) {
      int count = part.read(at, ByteBuffer.wrap(buffer));
      for (RegionDigests digester : digesters) {
        digester.data(at, buffer, count);
      }
      at += count;
    }
    return digesters.stream().map(RegionDigests::finish).toList();
  }
}
