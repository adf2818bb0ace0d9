// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;

/**
 * A package file to be fetched: all that a lock file knows of it.
 *
 * @param codename of the suite it was chosen from, such as {@code bookworm-security}, to look there
 *     first; may be empty
 * @param filename where it lies below the archive's address
 */
public record PackageFile(
    String name, String version, String codename, String filename, long sizeBytes, Digest digest) {
  public PackageFile {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException(name + " " + version + ": size " + sizeBytes);
    }
    for (String step : filename.split("/", -1)) {
      if (step.equals("..")) {
        throw new IllegalArgumentException(
            name + " " + version + ": \"" + filename + "\" leads out of the archive");
      }
    }
  }

  /** The file of a package that an index offers. */
  public static PackageFile of(BinaryPackage chosen) throws FormatException {
    return new PackageFile(
        chosen.name(),
        chosen.version().toString(),
        chosen.index().origin().codename(),
        chosen.filename(),
        chosen.size(),
        chosen.digest());
  }

  /** The file of a package in a lock file. */
  public static PackageFile of(LockFile lock, LockedPackage locked) {
    return new PackageFile(
        locked.name(),
        locked.version().toString(),
        lock.sourceOf(locked).codename(),
        locked.filename(),
        locked.sizeBytes(),
        locked.digest());
  }

  /** {@code libc6 2.36-9}. */
  @Override
  public String toString() {
    return name + " " + version;
  }
}
