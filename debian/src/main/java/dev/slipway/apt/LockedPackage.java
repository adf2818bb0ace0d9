// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;

/**
 * A package as a lock file keeps it: enough to fetch it again and to know that it is the same.
 *
 * @param source the number of its source in the lock file's table
 * @param asked whether the request names it; otherwise something needs it, or it belongs to the
 *     base system
 * @param filename where it lies below the archive's base address
 */
public record LockedPackage(
    String name,
    DebVersion version,
    String architecture,
    long sizeBytes,
    Digest digest,
    int source,
    boolean asked,
    String filename) {
  public LockedPackage {
    if (sizeBytes < 0 || source < 0) {
      throw new IllegalArgumentException(
          name + " " + version + ": size " + sizeBytes + ", source " + source);
    }
    for (String step : filename.split("/", -1)) {
      if (step.equals("..")) {
        throw new IllegalArgumentException(
            name + " " + version + ": \"" + filename + "\" leads out of the archive");
      }
    }
  }

  static LockedPackage of(BinaryPackage chosen, int source, boolean asked) throws FormatException {
    return new LockedPackage(
        chosen.name(),
        chosen.version(),
        chosen.architecture(),
        chosen.size(),
        chosen.digest(),
        source,
        asked,
        chosen.filename());
  }

  /** {@code libc6 2.36-9}. */
  @Override
  public String toString() {
    return name + " " + version;
  }
}
