// SPDX-License-Identifier: Apache-2.0
package dev.slipway.progress;

/** A piece of work under way. Closing it says that it is over. Safe for several threads. */
@FunctionalInterface
public interface Task extends AutoCloseable {
  /** A task nobody watches. */
  Task NONE = bytes -> {};

  /** Says that so many more bytes are done. */
  void advance(long bytes);

  /** Says something a user would want to read while the work goes on. */
  default void note(String message) {}

  @Override
  default void close() {}
}
