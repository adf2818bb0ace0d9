// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.digest.Digest;
import java.nio.file.Path;
import java.util.List;

/**
 * An image that is there.
 *
 * @param image the raw disk image
 * @param digest names all its bytes; the manifest says how it is made
 * @param usedBytes what the root file system takes of its slot
 * @param steps what was done for it; empty when nothing had changed
 */
public record BuildResult(
    Path image, Path manifest, Path lock, Digest digest, long usedBytes, List<StepReport> steps) {
  public BuildResult {
    steps = List.copyOf(steps);
  }
}
