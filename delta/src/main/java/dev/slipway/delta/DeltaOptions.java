// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.io.Size;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * How to make a delta.
 *
 * @param profile how much work it may be
 * @param memory how much memory the tables of the search may take, beside the encoders; with less,
 *     less is found
 * @param dictionary how much the decoder must hold: 16 MiB by default; more makes deltas of large
 *     new contents a little smaller and applying them dearer
 * @param scratch a directory for temporary files, as large as the unpacked members of both images
 *     and what is new
 * @param executor runs the parts that can go side by side; the result does not depend on it
 */
public record DeltaOptions(
    Profile profile, Size memory, Size dictionary, Path scratch, Executor executor) {
  private static final Size DEFAULT_MEMORY = Size.mib(256);
  private static final Size DEFAULT_DICTIONARY = Size.mib(16);
  private static final long LARGEST_DICTIONARY = 512L << 20;

  public DeltaOptions {
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(scratch, "scratch");
    Objects.requireNonNull(executor, "executor");
    if (dictionary.bytes() < 1 << 16 || dictionary.bytes() > LARGEST_DICTIONARY) {
      throw new IllegalArgumentException(
          "a dictionary of " + dictionary + "; from 64 KiB to 512 MiB are possible");
    }
    if (memory.bytes() < 1 << 20) {
      throw new IllegalArgumentException(memory + " of memory; at least 1 MiB is needed");
    }
  }

  /** The balanced profile in the caller's thread, temporary files in a directory. */
  public static DeltaOptions of(Path scratch) {
    return new DeltaOptions(
        Profile.BALANCED, DEFAULT_MEMORY, DEFAULT_DICTIONARY, scratch, Runnable::run);
  }

  public DeltaOptions withProfile(Profile other) {
    return new DeltaOptions(other, memory, dictionary, scratch, executor);
  }

  public DeltaOptions withMemory(Size other) {
    return new DeltaOptions(profile, other, dictionary, scratch, executor);
  }

  public DeltaOptions withDictionary(Size other) {
    return new DeltaOptions(profile, memory, other, scratch, executor);
  }

  public DeltaOptions withExecutor(Executor other) {
    return new DeltaOptions(profile, memory, dictionary, scratch, other);
  }
}
