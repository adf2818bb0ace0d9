// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.TarWriter;
import dev.slipway.tree.Tree;
import dev.slipway.work.Uninterrupted;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Makes the stages and writes them to a child's standard input on a thread of its own, while the
 * child's words are read on another.
 */
final class SandboxFeeder implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private final List<SandboxStage> stages;
  private final SandboxLog log;
  private final Thread thread;
  private volatile boolean abandoned;
  private volatile Tree tree;
  private volatile IOException writing;
  private volatile Throwable making;

  private SandboxFeeder(
      OutputStream out, String program, List<SandboxStage> stages, SandboxLog log) {
    this.out = out;
    this.stages = stages;
    this.log = log;
    this.thread = new Thread(() -> feed(program), "sandbox-feeder");
    thread.setDaemon(true);
  }

  static SandboxFeeder start(
      OutputStream out, String program, List<SandboxStage> stages, SandboxLog log) {
    var feeder = new SandboxFeeder(out, program, stages, log);
    feeder.thread.start();
    return feeder;
  }

  private void feed(String program) {
    try (OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES)) {
      writeScript(program, buffered);
      Tree before = null;
      for (SandboxStage stage : stages) {
        SandboxStage.Ready ready = make(stage);
        if (ready == null) {
          return;
        }
        Tree sent = SandboxDevices.without(ready.tree());
        boolean last = stage == stages.get(stages.size() - 1);
        write(
            before == null ? TarWriter.of(sent) : addition(before, sent),
            ready.commands(),
            last,
            buffered);
        before = sent;
        if (last) {
          tree = ready.tree();
        }
      }
    } catch (IOException e) {
      writing = e;
    } catch (RuntimeException e) {
      writing = new IOException("the tree cannot be sent to the sandbox: " + e.getMessage(), e);
    }
  }

  private SandboxStage.Ready make(SandboxStage stage) {
    try {
      return stage.make();
    } catch (IOException | RuntimeException | Error e) {
      if (!abandoned) {
        making = e;
      }
      return null;
    }
  }

  /** Commands may have changed the directories that only lead to what joins them. */
  private static TarWriter addition(Tree before, Tree sent) {
    Tree addition =
        StageAddition.of(before, sent)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "bug: a stage takes away what the stage before it brought"));
    return TarWriter.of(addition).withoutImpliedDirectories();
  }

  private void write(
      TarWriter archive, List<SandboxCommand> commands, boolean last, OutputStream to)
      throws IOException {
    int first = log.expect(commands, last);
    writeScript(SandboxScript.stage(commands, first, last ? 0 : archive.sizeBytes()), to);
    archive.writeTo(to);
  }

  private static void writeScript(String script, OutputStream to) throws IOException {
    byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
    to.write((bytes.length + "\n").getBytes(StandardCharsets.US_ASCII));
    to.write(bytes);
    to.flush();
  }

  /**
   * Waits until all is written and gives the last stage's tree; null when it never came to that.
   */
  Tree finish() throws InterruptedException {
    thread.join();
    return tree;
  }

  /** Why writing failed; null when it did not. A child that ended early shows as a broken pipe. */
  IOException writingFailure() {
    return writing;
  }

  /** Throws what a stage threw when it was made. */
  void rethrow() throws IOException {
    if (making instanceof IOException failure) {
      throw failure;
    }
    if (making instanceof RuntimeException failure) {
      throw failure;
    }
    if (making instanceof Error failure) {
      throw failure;
    }
  }

  /** Tells a stage that is being made that nobody wants it any more. */
  void abandon() {
    abandoned = true;
    thread.interrupt();
  }

  /** When this returns, no stage is being made. The child must have ended. */
  @Override
  public void close() {
    abandon();
    Uninterrupted.join(thread);
  }
}
