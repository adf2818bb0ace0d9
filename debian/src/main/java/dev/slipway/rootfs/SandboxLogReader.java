// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a child's standard error line by line on a thread of its own, so that the child never waits
 * for us.
 */
final class SandboxLogReader implements AutoCloseable {
  private static final int LINE_BYTES_MAX = 1 << 14;

  private final InputStream in;
  private final Thread thread;
  private volatile RuntimeException failure;

  private SandboxLogReader(InputStream in, SandboxLog log) {
    this.in = in;
    this.thread = new Thread(() -> read(log), "sandbox-log");
    thread.setDaemon(true);
  }

  static SandboxLogReader start(InputStream in, SandboxLog log) {
    var reader = new SandboxLogReader(new BufferedInputStream(in), log);
    reader.thread.start();
    return reader;
  }

  private void read(SandboxLog log) {
    var line = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          tell(log, line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else if (b != '\r' && line.size() < LINE_BYTES_MAX) {
          line.write(b);
        }
      }
    } catch (IOException e) {
      tell(log, "(reading what the sandbox prints failed: " + e.getMessage() + ")");
    }
    if (line.size() > 0) {
      tell(log, line.toString(StandardCharsets.UTF_8));
    }
  }

  /** Whoever is told may fail; the child must be able to go on printing all the same. */
  private void tell(SandboxLog log, String line) {
    try {
      log.line(line);
    } catch (RuntimeException e) {
      if (failure == null) {
        failure = e;
      }
    }
  }

  /** Throws what the first line threw that could not be told, once all has been read. */
  void rethrow() {
    if (failure != null) {
      throw failure;
    }
  }

  /** Waits until everything that was printed has been read. */
  void finish() throws InterruptedException {
    thread.join();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
