// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import dev.slipway.digest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What is being installed and how far it is, in a file that is replaced as a whole. It says nothing
 * about whether a slot may be started: that is the boot store's to say.
 *
 * @param slot which is being written
 * @param image what it shall hold
 * @param doneBytes how much of it is durable, when the whole image is being written
 */
record InstallState(Slot slot, Digest image, long doneBytes) {
  private static final String FILE = "install.state";

  private static Path file(Path directory) {
    return directory.resolve(FILE);
  }

  /** What an earlier run left; nothing when there was none, or its file makes no sense. */
  static Optional<InstallState> read(Path directory) throws IOException {
    String text;
    try {
      text = Files.readString(file(directory));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String[] words = text.strip().split(" ");
    if (words.length != 3
        || !words[0].matches("[AB]")
        || !words[1].matches("[0-9a-f]{64}")
        || !words[2].matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(
        new InstallState(Slot.valueOf(words[0]), Digest.parse(words[1]), Long.parseLong(words[2])));
  }

  void write(Path directory) throws IOException {
    Path beside = directory.resolve(FILE + ".new");
    byte[] text =
        (slot + " " + image.hex() + " " + doneBytes + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(text));
      channel.force(true);
    }
    Files.move(
        beside,
        file(directory),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  static void remove(Path directory) throws IOException {
    Files.deleteIfExists(file(directory));
  }
}
