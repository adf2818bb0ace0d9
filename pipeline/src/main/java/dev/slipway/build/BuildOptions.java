// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a build works and what it may do.
 *
 * @param output the directory for the image and its manifest
 * @param store the cache; see {@link #defaultStore}
 * @param update whether the lock file is renewed instead of obeyed
 * @param offline whether the network is left alone even where the store lacks something
 * @param jobs how many things are done at once
 */
public record BuildOptions(Path output, Path store, boolean update, boolean offline, int jobs) {
  public BuildOptions {
    if (jobs < 1) {
      throw new IllegalArgumentException("at least one thing must be done at once, not " + jobs);
    }
  }

  /** Obeys the lock, uses the network where needed, and as many jobs as there are processors. */
  public static BuildOptions of(Path output, Path store) {
    return new BuildOptions(
        output, store, false, false, Runtime.getRuntime().availableProcessors());
  }

  /** The user's cache folder: {@code $XDG_CACHE_HOME/slipway}, or {@code ~/.cache/slipway}. */
  public static Path defaultStore(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path folder =
        cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
    return folder.resolve("slipway");
  }

  public BuildOptions withUpdate(boolean renew) {
    return new BuildOptions(output, store, renew, offline, jobs);
  }

  public BuildOptions withOffline(boolean alone) {
    return new BuildOptions(output, store, update, alone, jobs);
  }

  public BuildOptions withJobs(int count) {
    return new BuildOptions(output, store, update, offline, count);
  }
}
