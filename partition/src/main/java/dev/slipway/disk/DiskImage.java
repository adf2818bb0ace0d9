// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.gpt.Gpt;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole disk, described completely before a byte of it is written: a GUID partition table and
 * what its partitions hold.
 *
 * <pre>{@code
 * DiskImage image = DiskImage.builder(DiskIdentity.of("robot"))
 *     .partition(PartitionPlan.of("esp", PartitionType.EFI_SYSTEM, esp))
 *     .partition(PartitionPlan.of("root-a", rootType, root).sized(Size.gib(2)))
 *     .build();
 * System.out.println(image.layout());
 * ImageFile.of(image).write(Path.of("robot.img"), Progress.none());
 * }</pre>
 *
 * <p>A disk is itself a {@link Volume}: it can be written, read, compared, and put into another.
 */
public final class DiskImage implements Volume {
  private final Gpt table;
  private final List<DiskPartition> partitions;
  private final ComposedVolume whole;

  DiskImage(Gpt table, List<DiskPartition> partitions, byte[] bootCode, long diskSignature) {
    this.table = table;
    this.partitions = List.copyOf(partitions);
    this.whole =
        ComposedVolume.build(
            table.diskBytes(),
            parts -> {
              parts.bytes(0, table.primaryBytes(bootCode, diskSignature));
              for (DiskPartition partition : partitions) {
                parts.volume(partition.offsetBytes(), partition.content());
              }
              parts.bytes(table.backupOffset(), table.backupBytes());
            });
  }

  /** Starts a plan. */
  public static Builder builder(DiskIdentity identity) {
    return new Builder(identity);
  }

  public Gpt table() {
    return table;
  }

  /** In the order of their numbers, which is the order on the disk. */
  public List<DiskPartition> partitions() {
    return partitions;
  }

  public Optional<DiskPartition> partition(String name) {
    return partitions.stream().filter(partition -> partition.name().equals(name)).findFirst();
  }

  /** The partition map in words, a line each, for a fixed-width font. */
  public String layout() {
    return new LayoutText(this).text();
  }

  /** The partition map as a picture: one SVG document without scripts, for light and dark pages. */
  public String svg() {
    return new LayoutPicture(this).svg();
  }

  @Override
  public long size() {
    return whole.size();
  }

  @Override
  public void writeTo(BlockSink sink, Progress progress) throws IOException {
    whole.writeTo(sink, progress);
  }

  @Override
  public BlockSource open() throws IOException {
    return whole.open();
  }

  @Override
  public long dataBytes() {
    return whole.dataBytes();
  }

  @Override
  public List<Extent> extents() {
    return whole.extents();
  }

  /** Takes the parts of a disk; {@link #build} checks them as a whole. */
  public static final class Builder {
    final DiskIdentity identity;
    final List<PartitionPlan> plans = new ArrayList<>();
    int sectorBytes = 512;
    byte[] bootCode = new byte[Gpt.BOOT_CODE_BYTES];
    Optional<Size> size = Optional.empty();

    private Builder(DiskIdentity identity) {
      this.identity = identity;
    }

    /** 512 (the default) or 4096: what the disk the image is meant for calls a sector. */
    public Builder sectorBytes(int bytes) {
      sectorBytes = bytes;
      return this;
    }

    /** What a BIOS runs: 440 bytes; all zero when this is never called. */
    public Builder bootCode(byte[] code) {
      bootCode = code.clone();
      return this;
    }

    /** The disk's whole size; as large as its partitions need when this is never called. */
    public Builder size(Size diskSize) {
      size = Optional.of(diskSize);
      return this;
    }

    /** Adds a partition behind those added before. Numbers count from 1. */
    public Builder partition(PartitionPlan plan) {
      plans.add(plan);
      return this;
    }

    /**
     * Gives every partition its place.
     *
     * @throws ImagePlanException with everything that keeps the disk from being built
     */
    public DiskImage build() {
      return new DiskPlanner(this).plan();
    }
  }
}
