// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.time.Duration;

/**
 * How to reach servers.
 *
 * @param proxies none by default
 * @param logins none by default
 * @param parallel how many requests run at once; 8 by default, which fills a fast line from one
 *     mirror
 * @param connectTimeout how long a connection may take to come about; 20 s by default
 * @param idleTimeout how long a server may be silent before and amid an answer; 60 s by default
 * @param attempts how often a request is tried while nothing more arrives; 4 by default
 * @param retryDelay the pause before the first repetition, doubled for each further one; 0.5 s by
 *     default
 */
public record FetchOptions(
    Proxies proxies,
    Logins logins,
    int parallel,
    Duration connectTimeout,
    Duration idleTimeout,
    int attempts,
    Duration retryDelay) {
  public FetchOptions {
    if (parallel < 1 || attempts < 1) {
      throw new IllegalArgumentException(
          "parallel and attempts are at least 1: " + parallel + ", " + attempts);
    }
  }

  /** The defaults. */
  public static FetchOptions defaults() {
    return new FetchOptions(
        Proxies.none(),
        Logins.none(),
        8,
        Duration.ofSeconds(20),
        Duration.ofSeconds(60),
        4,
        Duration.ofMillis(500));
  }

  /** The same through proxies. */
  public FetchOptions through(Proxies through) {
    return new FetchOptions(
        through, logins, parallel, connectTimeout, idleTimeout, attempts, retryDelay);
  }

  /** The same with logins. */
  public FetchOptions with(Logins known) {
    return new FetchOptions(
        proxies, known, parallel, connectTimeout, idleTimeout, attempts, retryDelay);
  }

  /** The same with another number of requests at once. */
  public FetchOptions parallel(int count) {
    return new FetchOptions(
        proxies, logins, count, connectTimeout, idleTimeout, attempts, retryDelay);
  }

  /** The same with other patience. */
  public FetchOptions patience(
      Duration connect, Duration idle, int tries, Duration firstRetryDelay) {
    return new FetchOptions(proxies, logins, parallel, connect, idle, tries, firstRetryDelay);
  }
}
