// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What an image shall be: its name and version, the packages in it, and what is added to them.
 * Usually read from a YAML file, where unknown keys, wrong values and missing files are all
 * reported at once.
 *
 * <pre>{@code
 * ImageSpec spec = ImageSpec.read(Path.of("robot.yaml"));
 * }</pre>
 *
 * @param packages as apt names them: {@code name} or {@code name=version}
 * @param recommends whether recommended packages are taken too
 * @param sources where packages come from; empty means the host's apt configuration
 * @param imageSources what {@code /etc/apt} of the image holds; empty means nothing
 * @param own files, directories and links the image gets beside its packages
 * @param run commands for {@code /bin/sh}, run in the configured tree
 * @param preseed answers for debconf, as {@code debconf-set-selections} reads them
 * @param timeSeconds the time every file gets, since 1970; nothing takes the newest date of the
 *     package indexes
 * @param sandboxNetwork whether scripts and commands may use the network, which makes a build
 *     depend on more than its inputs
 * @param layers every file the specification was read from, itself last
 */
public record ImageSpec(
    String name,
    String version,
    String distribution,
    String suite,
    String architecture,
    List<String> packages,
    boolean recommends,
    List<AptSource> sources,
    List<AptSource> imageSources,
    List<OwnEntry> own,
    List<String> run,
    List<String> preseed,
    SystemSettings system,
    DiskSettings disk,
    OptionalLong timeSeconds,
    boolean sandboxNetwork,
    List<Path> layers) {
  public ImageSpec {
    packages = List.copyOf(packages);
    sources = List.copyOf(sources);
    imageSources = List.copyOf(imageSources);
    own = List.copyOf(own);
    run = List.copyOf(run);
    preseed = List.copyOf(preseed);
    layers = List.copyOf(layers);
  }

  /**
   * Reads a specification and the layers it extends.
   *
   * @throws SpecException with every problem, its line and its column
   */
  public static ImageSpec read(Path file) throws IOException {
    return new SpecReader().read(file);
  }

  /**
   * Reads a specification from text.
   *
   * @param file how problems name it; other files are looked for beside it
   * @throws SpecException with every problem, its line and its column
   */
  public static ImageSpec parse(String text, Path file) throws IOException {
    return new SpecReader().parse(text, file);
  }

  /** {@code name-version}: how the files of a build are called. */
  public String title() {
    return name + "-" + version;
  }
}
