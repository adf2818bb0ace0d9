// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import dev.slipway.build.BuildOptions;
import dev.slipway.build.BuildResult;
import dev.slipway.build.ImageBuild;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.spec.ImageSpec;
import dev.slipway.spec.SpecException;
import java.io.IOException;
import java.nio.file.Path;

/** Builds an image from within another program. The README shows the middle of it. */
public final class EmbedImage {
  private EmbedImage() {}

  /** The specification, the directory for the image, and the store. */
  public static void main(String[] arguments) throws IOException {
    try {
      BuildResult built =
          build(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
      System.out.println(built.image() + " " + built.digest());
    } catch (SpecException wrong) {
      wrong.problems().forEach(System.err::println);
      System.exit(3);
    }
  }

  static BuildResult build(Path specification, Path output, Path store) throws IOException {
    // sample: build
    // Everything that is wrong with a specification is found here, before any download.
    ImageSpec spec = ImageSpec.read(specification);

    // Progress is an interface with one method: whoever embeds Slipway decides what is shown.
    Progress progress = (name, totalBytes) -> announced(name);

    // Only what changed since the last time is made again; the lock file beside the specification
    // says which packages.
    BuildResult built = ImageBuild.of(spec, BuildOptions.of(output, store)).run(progress);
    built.steps().forEach(step -> System.out.println("  " + step));
    // end sample
    return built;
  }

  private static Task announced(String name) {
    System.out.println(name);
    return Task.NONE;
  }
}
