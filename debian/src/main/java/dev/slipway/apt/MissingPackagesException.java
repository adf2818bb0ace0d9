// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Packages that are wanted exactly as they were cannot be had. The message lists them and the way
 * out.
 */
public final class MissingPackagesException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 20;

  private final transient List<PackageFile> packages;

  private MissingPackagesException(String message, List<PackageFile> packages) {
    super(message);
    this.packages = List.copyOf(packages);
  }

  static MissingPackagesException gone(List<PackageFile> packages) {
    return new MissingPackagesException(
        "no archive has "
            + listed(packages)
            + " any more; the lock file is older than the archive: renew it with --update, or add a"
            + " source that still has "
            + (packages.size() == 1 ? "it" : "them"),
        packages);
  }

  static MissingPackagesException notInStore(List<PackageFile> packages) {
    return new MissingPackagesException(
        "offline, and the store lacks " + listed(packages) + "; run once with the network",
        packages);
  }

  private static String listed(List<PackageFile> packages) {
    String names =
        packages.stream().limit(SHOWN).map(PackageFile::toString).collect(Collectors.joining(", "));
    int more = packages.size() - SHOWN;
    return more > 0 ? names + " and " + more + " more" : names;
  }

  /** Those that are missing. */
  public List<PackageFile> packages() {
    return packages;
  }
}
