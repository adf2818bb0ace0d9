// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Shows work under way: one live line on a terminal, otherwise a plain line when a task starts that
 * takes its time. Writes to standard error, so that standard output holds results alone.
 */
final class ConsoleProgress implements Progress, AutoCloseable {
  private static final long REDRAW_NANOS = 100_000_000;
  private static final int NAME_COLUMNS = 48;
  private static final double MIB = 1 << 20;

  /** What was done in less time says nothing about the rest. */
  private static final long SPEED_NANOS = 2_000_000_000L;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final PrintStream out;
  private final boolean live;
  private final LongSupplier nanoClock;
  private final Set<RunningTask> running = new LinkedHashSet<>();
  private long lastDrawn;
  private boolean lineShown;

  ConsoleProgress(PrintStream out, boolean live, LongSupplier nanoClock) {
    this.out = out;
    this.live = live;
    this.nanoClock = nanoClock;
  }

  /** On standard error; live when that is a terminal that can move its cursor. */
  static ConsoleProgress standard() {
    String terminal = System.getenv().getOrDefault("TERM", "dumb");
    return new ConsoleProgress(
        System.err, System.console() != null && !terminal.equals("dumb"), System::nanoTime);
  }

  @Override
  public synchronized Task start(String name, long totalBytes) {
    var task = new RunningTask(name, totalBytes);
    running.add(task);
    if (live) {
      draw(true);
    } else {
      out.println(name);
    }
    return task;
  }

  private synchronized void draw(boolean now) {
    if (!live || running.isEmpty() || (!now && nanoClock.getAsLong() - lastDrawn < REDRAW_NANOS)) {
      return;
    }
    lastDrawn = nanoClock.getAsLong();
    RunningTask task = null;
    for (RunningTask each : running) {
      task = each;
    }
    String more = running.size() > 1 ? " (and " + (running.size() - 1) + " more)" : "";
    out.print("\r\033[K" + task.line() + more);
    out.flush();
    lineShown = true;
  }

  private synchronized void end(RunningTask task) {
    running.remove(task);
    if (running.isEmpty()) {
      clear();
    } else {
      draw(true);
    }
  }

  private synchronized void note(String message) {
    clear();
    out.println(message);
    draw(true);
  }

  private void clear() {
    if (lineShown) {
      out.print("\r\033[K");
      out.flush();
      lineShown = false;
    }
  }

  @Override
  public synchronized void close() {
    running.clear();
    clear();
  }

  private final class RunningTask implements Task {
    private final String name;
    private final long totalBytes;
    private final AtomicLong done = new AtomicLong();
    private final long startNanos = nanoClock.getAsLong();

    RunningTask(String name, long totalBytes) {
      this.name = name;
      this.totalBytes = totalBytes;
    }

    String line() {
      String shown =
          name.length() > NAME_COLUMNS ? name.substring(0, NAME_COLUMNS - 1) + "…" : name;
      if (totalBytes <= 0) {
        return shown;
      }
      long percent = Math.min(100, done.get() * 100 / totalBytes);
      return String.format(
          Locale.ROOT,
          "%s  %3d%%  %.1f of %.1f MiB%s",
          shown,
          percent,
          done.get() / MIB,
          totalBytes / MIB,
          timeLeft(done.get()));
    }

    /** How long the rest takes if it goes on as it did so far; nothing while that is a guess. */
    private String timeLeft(long bytes) {
      long nanos = nanoClock.getAsLong() - startNanos;
      if (nanos < SPEED_NANOS || bytes <= 0 || bytes >= totalBytes) {
        return "";
      }
      long seconds = Math.round((double) nanos / bytes * (totalBytes - bytes) / SECOND_NANOS);
      return seconds < 3600
          ? String.format(Locale.ROOT, "  %d:%02d left", seconds / 60, seconds % 60)
          : String.format(Locale.ROOT, "  %d:%02d h left", seconds / 3600, seconds / 60 % 60);
    }

    @Override
    public void advance(long bytes) {
      done.addAndGet(bytes);
      draw(false);
    }

    @Override
    public void note(String message) {
      ConsoleProgress.this.note(message);
    }

    @Override
    public void close() {
      end(this);
    }
  }
}
