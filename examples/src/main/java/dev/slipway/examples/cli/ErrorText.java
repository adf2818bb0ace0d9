// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.update.CancelledException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong, in words for whoever gave the command. */
final class ErrorText {
  private ErrorText() {}

  /** The error that streams and lambdas could not throw themselves. */
  static Exception cause(Exception e) {
    return e instanceof UncheckedIOException wrapped ? wrapped.getCause() : e;
  }

  /** Prints an error; where in the program it came from, too, when that is asked for. */
  static void print(Exception e, PrintWriter err, boolean debug) {
    err.println("slipway: " + sentence(e));
    if (debug) {
      e.printStackTrace(err);
    } else if (isSurprising(e)) {
      err.println("slipway: this looks like a mistake in slipway; --debug shows where it happened");
    }
    err.flush();
  }

  /** Says that the command was asked to stop, and did. */
  static void printStopped(Exception e, PrintWriter err) {
    err.println(
        "slipway: "
            + (e instanceof CancelledException
                ? e.getMessage()
                : "stopped; what was there before is unchanged"));
    err.flush();
  }

  /** File system errors say nothing but a path by themselves. */
  private static String sentence(Exception e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile()
          + ": "
          + (missing.getReason() == null ? "no such file" : missing.getReason());
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (e instanceof FileSystemException problem && problem.getReason() != null) {
      return problem.getFile() + ": " + problem.getReason();
    }
    if (e instanceof FileAlreadyExistsException there) {
      return there.getFile() + ": is there already; remove it or name another place";
    }
    if (e instanceof DirectoryNotEmptyException full) {
      return full.getFile() + ": the directory is not empty";
    }
    if (e instanceof FileSystemException problem && problem.getFile() != null) {
      return problem.getFile() + ": cannot be used (" + e.getClass().getSimpleName() + ")";
    }
    String message = e.getMessage();
    if (isSurprising(e) || message == null || message.isBlank()) {
      return e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
    return message;
  }

  private static boolean isSurprising(Exception e) {
    return !(e instanceof IOException || e instanceof IllegalArgumentException);
  }
}
