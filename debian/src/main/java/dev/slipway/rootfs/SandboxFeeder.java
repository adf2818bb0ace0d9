// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.TarWriter;
import dev.slipway.tree.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the script and the tree to a child's standard input on a thread of its own, while the
 * child's words are read on another.
 */
final class SandboxFeeder implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private final Thread thread;
  private volatile IOException failure;

  private SandboxFeeder(OutputStream out, String script, Tree tree) {
    this.out = out;
    this.thread = new Thread(() -> feed(script, tree), "sandbox-feeder");
    thread.setDaemon(true);
  }

  static SandboxFeeder start(OutputStream out, String script, Tree tree) {
    var feeder = new SandboxFeeder(out, script, tree);
    feeder.thread.start();
    return feeder;
  }

  private void feed(String script, Tree tree) {
    byte[] program = script.getBytes(StandardCharsets.UTF_8);
    try (OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES)) {
      buffered.write((program.length + "\n").getBytes(StandardCharsets.US_ASCII));
      buffered.write(program);
      buffered.flush();
      TarWriter.write(tree, buffered);
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = new IOException("the tree cannot be sent to the sandbox: " + e.getMessage(), e);
    }
  }

  /** Waits until all is written or writing has failed. */
  void finish() throws InterruptedException {
    thread.join();
  }

  /** Why writing failed; null when it did not. A child that ended early shows as a broken pipe. */
  IOException failure() {
    return failure;
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } catch (IOException e) {
      // What was not written no longer matters: the child is gone.
    }
  }
}
