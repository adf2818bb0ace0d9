// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskLayout;
import dev.slipway.disk.EspBootStore;
import dev.slipway.gpt.Gpt;
import dev.slipway.gpt.GptEntry;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A disk with two slots and a boot store: the one a machine runs from, or an image of one.
 *
 * <pre>{@code
 * try (SystemDisk disk = SystemDisk.open(Path.of("robot-1.0.img"))) {
 *   disk.changeState(state -> state.primary(Slot.B));
 * }
 * }</pre>
 */
public final class SystemDisk implements Closeable {
  private final String name;
  private final BlockSource source;
  private final BlockSource device;
  private final BlockSink sink;
  private final Gpt table;

  /** Where the disk is, if it has a path. */
  private final Optional<Path> path;

  /** Of the boot store, where a program beside us may change it. */
  private final Optional<Path> lock;

  private SystemDisk(
      String name,
      BlockSource source,
      BlockSource device,
      BlockSink sink,
      Optional<Path> path,
      Optional<Path> lock)
      throws IOException {
    this.name = name;
    this.source = source;
    this.device = device;
    this.sink = sink;
    this.path = path;
    this.lock = lock;
    this.table = Gpt.read(source, name).table();
    for (String needed : List.of(DiskLayout.ESP, DiskLayout.ROOT_A)) {
      entry(needed);
    }
  }

  /** Opens an image file or a whole disk's device. */
  public static SystemDisk open(Path path) throws IOException {
    return open(path, Optional.empty());
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param lock the file whose lock everybody takes who changes the boot store
   */
  static SystemDisk open(Path path, Optional<Path> lock) throws IOException {
    BlockSource source = BlockSource.file(path);
    try {
      DeviceCache.drop(path);
      BlockSink sink = BlockSink.openFile(path);
      try {
        BlockSource device = DirectBlockSource.open(path);
        try {
          return new SystemDisk(path.toString(), source, device, sink, Optional.of(path), lock);
        } catch (IOException | RuntimeException e) {
          device.close();
          throw e;
        }
      } catch (IOException | RuntimeException e) {
        sink.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /**
   * A disk that something else gives access to.
   *
   * @param source what the disk holds, as it changes
   * @param sink the same disk
   */
  public static SystemDisk of(String name, BlockSource source, BlockSink sink) throws IOException {
    return new SystemDisk(name, source, source, sink, Optional.empty(), Optional.empty());
  }

  public String name() {
    return name;
  }

  private GptEntry entry(String partition) throws FormatException {
    return table
        .entry(partition)
        .orElseThrow(
            () ->
                new FormatException(
                    name
                        + ": there is no partition "
                        + partition
                        + "; is this a disk of our making with two slots?"));
  }

  /** What a partition holds. Closing it closes nothing. */
  public BlockSource partition(String partition) throws IOException {
    GptEntry entry = entry(partition);
    return source.slice(table.offsetBytes(entry), table.sizeBytes(entry));
  }

  /** What a partition holds, read from the device and not from memory, where that can be done. */
  BlockSource fromDevice(String partition) throws IOException {
    GptEntry entry = entry(partition);
    return device.slice(table.offsetBytes(entry), table.sizeBytes(entry));
  }

  /** Whether that can be done. */
  boolean isReadFromDevice() {
    return device instanceof DirectBlockSource;
  }

  BlockSink sink(String partition) throws IOException {
    GptEntry entry = entry(partition);
    return sink.slice(table.offsetBytes(entry), table.sizeBytes(entry));
  }

  /** The partition of a slot. */
  static String partitionOf(Slot slot) {
    return slot == Slot.A ? DiskLayout.ROOT_A : DiskLayout.ROOT_B;
  }

  /** What a slot holds. */
  public BlockSource slot(Slot slot) throws IOException {
    return partition(partitionOf(slot));
  }

  /**
   * The slot that counts as the running one.
   *
   * @param said which one runs; nothing when the disk is no machine's that is running
   */
  static Slot runningSlot(Optional<Slot> said, BootState state) {
    return said.or(state::lastGood).or(state::next).orElse(Slot.A);
  }

  /** The release that runs, as {@link #runningSlot}; nothing when it does not say. */
  public Optional<Release> runningRelease(Optional<Slot> said) throws IOException {
    Slot running = runningSlot(said, store().read());
    return Release.in(slot(running), name + ": slot " + running);
  }

  /** The state of its slots. */
  public BootStore store() throws IOException {
    return EspBootStore.of(fromDevice(DiskLayout.ESP), sink(DiskLayout.ESP), name + ": esp");
  }

  /**
   * Changes the state of the slots, alone: on the machine that runs, {@code slipway-boot} waits for
   * us, and we for it. When this returns, the change is on the disk.
   *
   * @return the new state
   */
  public BootState changeState(UnaryOperator<BootState> change) throws IOException {
    return alone(() -> store().update(change));
  }

  /** What a whole disk holds, its first sector among it. */
  BlockSource whole() {
    return source;
  }

  /** Whether the disk has a partition of a name. */
  boolean has(String partition) {
    return table.entry(partition).isPresent();
  }

  /** The first sector of a partition. */
  long firstLba(String partition) throws FormatException {
    return entry(partition).firstLba();
  }

  /** Does something while nobody else changes the EFI system partition. */
  <T> T alone(Work<T> work) throws IOException {
    if (lock.isEmpty()) {
      return fresh(work);
    }
    try (StoreLock held = StoreLock.take(lock.get(), StoreLock.PATIENCE)) {
      return fresh(work);
    }
  }

  /** What others wrote through the partitions' devices must not be put back as it was. */
  private <T> T fresh(Work<T> work) throws IOException {
    if (path.isPresent()) {
      DeviceCache.drop(path.get());
    }
    return work.run();
  }

  /** Something to be done to a disk, and what comes of it. */
  interface Work<T> {
    T run() throws IOException;
  }

  @Override
  public void close() throws IOException {
    try (source;
        device) {
      sink.close();
    }
  }
}
