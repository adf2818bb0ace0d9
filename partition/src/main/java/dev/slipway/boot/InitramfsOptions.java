// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.codec.Codec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an initramfs is to do.
 *
 * @param kernelVersion which kernel of the tree it is for; may be empty when there is one only
 * @param compression what it is packed with; every Debian kernel reads zstd, the default
 * @param binds directories of the slot over which the data partition's are laid: {@code var}
 * @param overlays directories whose changes the data partition holds: {@code etc}
 * @param modules kernel modules beside {@link Initramfs#MODULES}, for hardware we do not know
 */
public record InitramfsOptions(
    Optional<String> kernelVersion,
    Codec compression,
    List<String> binds,
    List<String> overlays,
    List<String> modules) {

  /** One kernel; {@code /var /home /root /srv} and the changes of {@code /etc} stay. */
  public static final InitramfsOptions DEFAULT =
      new InitramfsOptions(
          Optional.empty(),
          Codec.ZSTD,
          List.of("var", "home", "root", "srv"),
          List.of("etc"),
          List.of());

  public InitramfsOptions {
    Objects.requireNonNull(kernelVersion, "kernelVersion");
    Objects.requireNonNull(compression, "compression");
    binds = List.copyOf(binds);
    overlays = List.copyOf(overlays);
    modules = List.copyOf(modules);
    for (List<String> names : List.of(binds, overlays)) {
      for (String name : names) {
        requireWord("directory", name, "[A-Za-z0-9_.-]+");
      }
    }
    for (String name : modules) {
      requireWord("kernel module", name, "[A-Za-z0-9_-]+");
    }
  }

  private static void requireWord(String what, String name, String pattern) {
    if (!name.matches(pattern)) {
      throw new IllegalArgumentException(
          "the name of a " + what + " is made of letters and digits: \"" + name + "\"");
    }
  }

  public InitramfsOptions withKernelVersion(String version) {
    return new InitramfsOptions(Optional.of(version), compression, binds, overlays, modules);
  }

  public InitramfsOptions withCompression(Codec codec) {
    return new InitramfsOptions(kernelVersion, codec, binds, overlays, modules);
  }

  public InitramfsOptions withModules(List<String> names) {
    return new InitramfsOptions(kernelVersion, compression, binds, overlays, names);
  }
}
