// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Linux system found in a file system.
 *
 * @param osRelease the fields of {@code /usr/lib/os-release} in their order
 * @param kernels the versions that have modules or an image, in order
 * @param packages what dpkg has installed, in the order of its names
 */
public record InstalledSystem(
    Map<String, String> osRelease, List<String> kernels, List<InstalledPackage> packages) {

  /** A package as dpkg names it. */
  public record InstalledPackage(String name, String version, String architecture) {}

  public InstalledSystem {
    osRelease = Collections.unmodifiableMap(new LinkedHashMap<>(osRelease));
    kernels = List.copyOf(kernels);
    packages = List.copyOf(packages);
  }

  /** {@code Debian GNU/Linux 12 (bookworm)}, or as much of that as is known. */
  public String title() {
    return osRelease.getOrDefault(
        "PRETTY_NAME", osRelease.getOrDefault("NAME", osRelease.getOrDefault("ID", "Linux")));
  }

  /** The name and version of the image it came in, {@code robot 1.0}, where it tells them. */
  public Optional<String> image() {
    String name = osRelease.getOrDefault("IMAGE_ID", "");
    String version = osRelease.getOrDefault("IMAGE_VERSION", "");
    return Optional.of((name + " " + version).strip()).filter(text -> !text.isEmpty());
  }
}
