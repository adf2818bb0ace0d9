// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Tree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.LongPredicate;

/**
 * A sandbox in one child process of this one: the stages go in on its standard input, what changed
 * comes out on its standard output.
 *
 * <p>The child works in a file system in memory that is mounted for it alone, so nothing is left to
 * clean up however it ends. Of a tree of 350 MB only the few MB that the commands wrote travel
 * back: the child lists all inodes with their change times before and after.
 */
final class ChildSandbox implements Sandbox {
  private static final int PIPE_BYTES = 1 << 16;
  private static final String NO_RESULT = "the sandbox ended before it gave its result";

  private final SandboxDoor door;
  private final LongPredicate fitsInMemory;
  private final Runnable whenRunning;

  ChildSandbox(SandboxDoor door) {
    this(door, SandboxWorkplace::fitsInMemory);
  }

  /** With another judgement of how many bytes memory can hold. */
  ChildSandbox(SandboxDoor door, LongPredicate fitsInMemory) {
    this(door, fitsInMemory, () -> {});
  }

  private ChildSandbox(SandboxDoor door, LongPredicate fitsInMemory, Runnable whenRunning) {
    this.door = door;
    this.fitsInMemory = fitsInMemory;
    this.whenRunning = whenRunning;
  }

  @Override
  public Sandbox whenRunning(Runnable action) {
    return new ChildSandbox(door, fitsInMemory, action);
  }

  @Override
  public void check() throws IOException {
    door.check();
  }

  @Override
  public Tree run(
      List<SandboxStage> stages, SandboxSettings settings, ContentKeeper keeper, Progress progress)
      throws IOException {
    long bytes = stages.stream().mapToLong(SandboxStage::contentBytes).max().orElseThrow();
    var workplace = SandboxWorkplace.choose(bytes, settings, door, fitsInMemory);
    try (Task task = progress.start("running in the sandbox", -1);
        workplace) {
      var log = new SandboxLog(task, whenRunning);
      Process process = door.enter(workplace.script(), settings.network()).start();
      Thread reaper = new Thread(process::destroyForcibly, "sandbox-reaper");
      try {
        try {
          Runtime.getRuntime().addShutdownHook(reaper);
        } catch (IllegalStateException e) {
          // This process is ending already: so shall the child.
          process.destroyForcibly();
        }
        return talk(process, stages, log, settings, keeper);
      } finally {
        process.destroyForcibly();
        try {
          Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
          // This process is ending; the hook does no more than was just done.
        }
      }
    }
  }

  private Tree talk(
      Process process,
      List<SandboxStage> stages,
      SandboxLog log,
      SandboxSettings settings,
      ContentKeeper keeper)
      throws IOException {
    String program = SandboxScript.program(settings);
    try (var feeder = SandboxFeeder.start(process.getOutputStream(), program, stages, log);
        var logger = SandboxLogReader.start(process.getErrorStream(), log)) {
      try {
        Tree result = null;
        IOException failure = null;
        try (InputStream out = new BufferedInputStream(process.getInputStream(), PIPE_BYTES)) {
          result = answer(out, feeder, settings, keeper);
        } catch (IOException e) {
          failure = e;
          if (!log.hasFailed()) {
            // A tree that cannot be read leaves the child writing into a pipe nobody empties.
            process.destroyForcibly();
          }
        }
        int status = process.waitFor();
        logger.finish();
        feeder.finish();
        feeder.rethrow();
        if (status != 0 || log.hasFailed()) {
          throw explain(log, status, feeder.writingFailure(), failure);
        }
        if (failure != null) {
          throw failure;
        }
        logger.rethrow();
        return result;
      } finally {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while commands ran in the sandbox");
    }
  }

  /** Waits for the child's first word: then it has everything, or it has ended. */
  private static Tree answer(
      InputStream out, SandboxFeeder feeder, SandboxSettings settings, ContentKeeper keeper)
      throws IOException, InterruptedException {
    out.mark(1);
    boolean ended = out.read() < 0;
    if (ended) {
      feeder.abandon();
    }
    Tree tree = feeder.finish();
    if (ended || tree == null) {
      throw new SandboxException(NO_RESULT);
    }
    out.reset();
    Tree changed =
        SandboxChanges.read(out, settings.epochSeconds(), keeper)
            .appliedTo(SandboxDevices.without(tree));
    out.transferTo(OutputStream.nullOutputStream());
    return SandboxDevices.restored(tree, changed);
  }

  /**
   * The child's own words come first; then why it could not be fed; then what made us unable to
   * read it.
   */
  private IOException explain(SandboxLog log, int status, IOException feeding, IOException reading)
      throws IOException {
    if (log.hasFailed()) {
      return log.failure();
    }
    if (!log.hasStarted()) {
      door.check();
    }
    if (feeding != null && log.isUnpacking()) {
      return feeding;
    }
    var error =
        new SandboxException(
            String.format(
                Locale.ROOT,
                "the sandbox ended with status %d while %s%s",
                status,
                log.phase(),
                SandboxLog.quoted(log.lastLines())),
            log.lastLines());
    if (reading != null) {
      error.addSuppressed(reading);
    }
    return error;
  }

  /** Reads one record that ends with NUL; for the header, with a line end. */
  static String record(InputStream in, char end) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    for (int b = in.read(); b != end; b = in.read()) {
      if (b < 0) {
        throw new SandboxException(NO_RESULT);
      }
      bytes.write(b);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
