// SPDX-License-Identifier: Apache-2.0
package dev.slipway.progress;

/**
 * Where long work reports how far it is. The total is known before the work starts, because it
 * comes from a plan.
 *
 * <pre>{@code
 * try (Task task = progress.start("writing image", plan.bytes())) {
 *   task.advance(count);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Progress {

  /**
   * Starts a task. Tasks may run side by side and are used by several threads.
   *
   * @param name what is being done, as a user would say it: "fetching packages"
   * @param totalBytes the whole of the work in bytes; -1 when it cannot be known, as with a running
   *     script
   */
  Task start(String name, long totalBytes);

  /** Reports nothing. */
  static Progress none() {
    return (name, totalBytes) -> Task.NONE;
  }
}
