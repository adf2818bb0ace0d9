// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.digest.Digest;
import dev.slipway.gpt.Gpt;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a whole image to a disk. A disk that is in use is refused; everything is read back from
 * the device.
 */
public final class Flash {
  private static final int PIECE_BYTES = 1 << 20;

  // as stat(2) has them

  /** The kernel's lists of what is in use, each line starting with a device. */
  private static final List<Path> IN_USE = List.of(Path.of("/proc/mounts"), Path.of("/proc/swaps"));

  private Flash() {}

  /** Writes an image, and returns how many bytes of the disk it took. */
  public static long write(Path image, Path device, Pace pace, Progress progress)
      throws IOException {
    for (Path list : IN_USE) {
      if (Files.exists(list)) {
        requireUnused(device.toRealPath(), Files.readAllLines(list));
      }
    }
    try (BlockSource source = BlockSource.file(image)) {
      Gpt.read(source, image.toString()); // something else is not worth a disk
      long room;
      try (BlockSource target = BlockSource.file(device)) {
        room = target.size();
      }
      if (source.size() > room) {
        throw new RefusedException(
            image
                + " has "
                + Size.bytes(source.size())
                + ", "
                + device
                + " holds "
                + Size.bytes(room));
      }
      if (!DeviceCache.isBlockDevice(device)) {
        writeAndVerify(source, device, pace, progress);
        return source.size();
      }
      // as long as this is open, nobody can mount the disk: neither before us nor meanwhile
      try (DeviceCalls.Descriptor claimed = DeviceCalls.claim(device)) {
        writeAndVerify(source, device, pace, progress);
        showPartitions(claimed);
      }
      return source.size();
    }
  }

  /** Whether what is written to a device can be read back from it, and not from memory only. */
  public static boolean readsDirectly(Path device) throws IOException {
    try (BlockSource source = DirectBlockSource.open(device)) {
      return source instanceof DirectBlockSource;
    }
  }

  private static void writeAndVerify(BlockSource source, Path device, Pace pace, Progress progress)
      throws IOException {
    Digest digest = copy(source, device, pace, progress);
    try (BlockSource target = DirectBlockSource.open(device)) {
      SlotWriter.verify(target, source.size(), digest, device.toString(), pace, progress);
    }
  }

  /** The disk is right even when the kernel keeps its old idea of it, as of loop devices. */
  private static void showPartitions(DeviceCalls.Descriptor device) {
    try {
      device.readPartitionTable();
    } catch (IOException e) {
      System.getLogger(Flash.class.getName())
          .log(System.Logger.Level.DEBUG, "the kernel does not see the new partitions yet", e);
    }
  }

  private static Digest copy(BlockSource source, Path device, Pace pace, Progress progress)
      throws IOException {
    var sha256 = Digest.sha256();
    byte[] piece = new byte[PIECE_BYTES];
    try (BlockSink sink = BlockSink.openFile(device);
        Task task = progress.start("writing " + device, source.size())) {
      for (long at = 0; at < source.size(); ) {
        int count = (int) Math.min(piece.length, source.size() - at);
        source.readFully(at, ByteBuffer.wrap(piece, 0, count));
        pace.take(count);
        sha256.update(piece, 0, count);
        sink.write(at, ByteBuffer.wrap(piece, 0, count));
        at += count;
        task.advance(count);
      }
      sink.flush();
    }
    return Digest.finish(sha256);
  }

  /** A disk is in use when it, or a partition of it, is the first word of a line. */
  static void requireUnused(Path device, List<String> lines) throws IOException {
    Pattern same = Pattern.compile(Pattern.quote(device.toString()) + "(p?[0-9]+)?");
    for (String line : lines) {
      String[] words = line.split("\\s+");
      Path used = Path.of(words[0].isEmpty() ? "-" : words[0]);
      if (used.isAbsolute() && Files.exists(used)) {
        used = used.toRealPath();
      }
      Matcher matcher = same.matcher(used.toString());
      if (used.isAbsolute() && matcher.matches()) {
        throw new RefusedException(
            device
                + " is in use: "
                + used
                + (words.length > 1 ? " at " + words[1] : "")
                + "; unmount it first, and never name the disk that runs");
      }
    }
  }
}
