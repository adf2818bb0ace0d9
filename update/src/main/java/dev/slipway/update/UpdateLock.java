// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.io.FileGate;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** One update at a time. The system takes the lock away from a process that dies. */
final class UpdateLock implements Closeable {
  private final FileGate gate;
  private final FileGate.Pass pass;

  private UpdateLock(FileGate gate, FileGate.Pass pass) {
    this.gate = gate;
    this.pass = pass;
  }

  /**
   * Takes the lock of a state directory.
   *
   * @throws RefusedException when another process or thread has it
   */
  static UpdateLock take(Path directory) throws IOException {
    Path file = directory.resolve("update.lock");
    FileGate gate = FileGate.open(file);
    try {
      return new UpdateLock(
          gate,
          gate.tryExclusive()
              .orElseThrow(
                  () -> new RefusedException("another update is under way; it holds " + file)));
    } catch (IOException | RuntimeException e) {
      gate.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (gate) {
      pass.close();
    }
  }
}
