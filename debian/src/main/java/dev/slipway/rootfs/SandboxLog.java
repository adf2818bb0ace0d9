// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.progress.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows what a sandbox says: how far it is, and the last lines of what commands print. Safe for
 * several threads.
 */
final class SandboxLog {
  /** Starts a line of the sandbox's own; see {@code sandbox.sh}. */
  private static final char MARK = '\001';

  private static final int LINES_KEPT = 40;
  private static final int LINE_CHARS_MAX = 1000;

  /** What dpkg prints in the C locale when a script of a package fails. */
  private static final Pattern PACKAGE_ERROR =
      Pattern.compile("dpkg: error processing (?:package|archive) (\\S+) \\(--[a-z-]+\\):.*");

  private static final Pattern PACKAGE_STEP =
      Pattern.compile("(?:Setting up|Processing triggers for|Unpacking|Preparing) (\\S+).*");

  private final List<SandboxCommand> commands = new ArrayList<>();
  private final Task task;
  private final Runnable whenRunning;
  private final ArrayDeque<String> lines = new ArrayDeque<>();

  private String phase = "starting";
  private String failedPackage;
  private SandboxException failure;
  private boolean started;
  private boolean unpacking;
  private int lastStage = Integer.MAX_VALUE;

  /**
   * @param whenRunning done when the last stage's first command begins
   */
  SandboxLog(Task task, Runnable whenRunning) {
    this.task = task;
    this.whenRunning = whenRunning;
  }

  /**
   * Tells of commands that will run.
   *
   * @param last whether none come after them
   * @return the number of the first of them
   */
  synchronized int expect(List<SandboxCommand> some, boolean last) {
    int first = commands.size();
    commands.addAll(some);
    if (last) {
      lastStage = first;
    }
    return first;
  }

  synchronized void line(String line) {
    if (!line.isEmpty() && line.charAt(0) == MARK && mark(line.substring(1))) {
      return;
    }
    if (lines.size() == LINES_KEPT) {
      lines.removeFirst();
    }
    lines.addLast(
        line.length() > LINE_CHARS_MAX ? line.substring(0, LINE_CHARS_MAX) + "..." : line);
    Matcher error = PACKAGE_ERROR.matcher(line);
    if (failedPackage == null && error.matches()) {
      failedPackage = error.group(1);
    }
    if (PACKAGE_STEP.matcher(line).matches()) {
      task.note(line);
    }
  }

  /** False when the sandbox says no such thing: then a command printed it. */
  private boolean mark(String said) {
    String[] words = said.split(" ", 3);
    switch (words[0]) {
      case "unpack" -> {
        started = true;
        unpacking = true;
        phase = "unpacking the tree";
      }
      case "command" -> {
        if (words.length != 2 || !isCommand(words[1])) {
          return false;
        }
        unpacking = false;
        if (Integer.parseInt(words[1]) == lastStage) {
          whenRunning.run();
        }
        lines.clear();
        phase = "running \"" + name(words[1]) + "\"";
        task.note(name(words[1]));
      }
      case "collect" -> phase = "packing what changed";
      case "failed" -> {
        if (words.length != 3 || !isCommand(words[1])) {
          return false;
        }
        if (failure == null) {
          failure = commandFailure(words[1], words[2]);
        }
      }
      case "broken" ->
          failure =
              new SandboxException(
                  "the sandbox cannot work here: "
                      + said.substring("broken".length()).strip()
                      + quoted(lastLines()),
                  lastLines());
      case "alive", "done" -> {
        // need no answer
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean isCommand(String number) {
    return number.matches("[0-9]{1,6}") && Integer.parseInt(number) < commands.size();
  }

  private String name(String number) {
    return commands.get(Integer.parseInt(number)).name();
  }

  private SandboxException commandFailure(String number, String status) {
    String whose =
        failedPackage == null ? "" : String.format(Locale.ROOT, "package %s: ", failedPackage);
    return new SandboxException(
        String.format(
            Locale.ROOT,
            "%s%s: failed with status %s%s",
            whose,
            name(number),
            status,
            quoted(lastLines())),
        lastLines());
  }

  static String quoted(List<String> lines) {
    return lines.isEmpty()
        ? "; it printed nothing"
        : "; the last it printed:\n  " + String.join("\n  ", lines);
  }

  synchronized List<String> lastLines() {
    return new ArrayList<>(lines);
  }

  synchronized boolean hasStarted() {
    return started;
  }

  synchronized boolean isUnpacking() {
    return unpacking;
  }

  synchronized boolean hasFailed() {
    return failure != null;
  }

  synchronized SandboxException failure() {
    return failure;
  }

  synchronized String phase() {
    return phase;
  }
}
