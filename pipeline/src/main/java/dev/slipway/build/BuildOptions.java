// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.ArchiveOptions.ValidUntil;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Where a build works and what it may do.
 *
 * @param output the directory for the image and its manifest
 * @param store the cache; see {@link #defaultStore}
 * @param update whether the lock file is renewed instead of obeyed
 * @param offline whether the network is left alone even where the store lacks something
 * @param jobs how many things are done at once
 * @param judgedAt the instant at which signatures and dates of archives are judged; nothing means
 *     now. A past one admits a snapshot of that time
 * @param validUntil whether an archive past its date is refused
 */
public record BuildOptions(
    Path output,
    Path store,
    boolean update,
    boolean offline,
    int jobs,
    Optional<Instant> judgedAt,
    ValidUntil validUntil) {
  public BuildOptions {
    if (jobs < 1) {
      throw new IllegalArgumentException("at least one thing must be done at once, not " + jobs);
    }
  }

  /** Obeys the lock, uses the network where needed, and as many jobs as there are processors. */
  public static BuildOptions of(Path output, Path store) {
    return new BuildOptions(
        output,
        store,
        false,
        false,
        Runtime.getRuntime().availableProcessors(),
        Optional.empty(),
        ValidUntil.AS_CONFIGURED);
  }

  /** The user's cache folder: {@code $XDG_CACHE_HOME/slipway}, or {@code ~/.cache/slipway}. */
  public static Path defaultStore(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path folder =
        cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
    return folder.resolve("slipway");
  }

  public BuildOptions withUpdate(boolean renew) {
    return new BuildOptions(output, store, renew, offline, jobs, judgedAt, validUntil);
  }

  public BuildOptions withOffline(boolean alone) {
    return new BuildOptions(output, store, update, alone, jobs, judgedAt, validUntil);
  }

  public BuildOptions withJobs(int count) {
    return new BuildOptions(output, store, update, offline, count, judgedAt, validUntil);
  }

  public BuildOptions withJudgedAt(Instant instant) {
    return new BuildOptions(output, store, update, offline, jobs, Optional.of(instant), validUntil);
  }

  public BuildOptions withValidUntil(ValidUntil meaning) {
    return new BuildOptions(output, store, update, offline, jobs, judgedAt, meaning);
  }
}
