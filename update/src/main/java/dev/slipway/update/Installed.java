// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import java.util.List;
import java.util.Optional;

/**
 * What an installation did.
 *
 * @param slot which slot it went to, and which starts next
 * @param version the release there
 * @param from the release a delta was applied to; nothing when the whole image was taken
 * @param deltaProblem why a delta that started from the right release was given up
 * @param writtenBytes how much of the slot had to be written; the rest was right already
 * @param loaders what became of each boot loader in the bundle, a sentence each
 * @param readDirectly whether what was written was read back from the device; else it came from the
 *     system's memory, which knows nothing of what a device lost
 */
public record Installed(
    Slot slot,
    String version,
    Optional<String> from,
    Optional<String> deltaProblem,
    long writtenBytes,
    List<String> loaders,
    boolean readDirectly) {
  public Installed {
    loaders = List.copyOf(loaders);
  }

  Installed withLoaders(List<String> sentences) {
    return new Installed(slot, version, from, deltaProblem, writtenBytes, sentences, readDirectly);
  }
}
