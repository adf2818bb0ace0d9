// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a kernel module says about itself in its section {@code .modinfo}: a list of {@code
 * key=value}, each ended by NUL.
 *
 * @param name with underscores, as the kernel names it once it is loaded
 * @param file the bytes of the module, not compressed; its signature stays valid only as they are
 * @param depends modules that must be loaded before it
 * @param softDepends modules that should be, when they are there
 * @param aliases patterns of the devices it drives
 */
record KernelModule(
    String name,
    byte[] file,
    List<String> depends,
    List<String> softDepends,
    List<String> aliases) {

  static KernelModule read(String source, String name, byte[] file) throws FormatException {
    byte[] info =
        ElfImage.read(source, file)
            .section(".modinfo")
            .orElseThrow(() -> new FormatException(source + ": there is no section \".modinfo\""));
    var depends = new ArrayList<String>();
    var soft = new ArrayList<String>();
    var aliases = new ArrayList<String>();
    for (String line : new String(info, StandardCharsets.ISO_8859_1).split("\0")) {
      int equals = line.indexOf('=');
      String key = equals < 0 ? "" : line.substring(0, equals);
      String value = line.substring(equals + 1);
      switch (key) {
        case "depends" -> names(value, ",", depends);
        case "softdep" -> {
          if (value.startsWith("pre: ")) {
            names(value.substring(5).replaceFirst(" ?post: .*", ""), " ", soft);
          }
        }
        case "alias" -> aliases.add(value);
        default -> {}
      }
    }
    return new KernelModule(
        name, file, List.copyOf(depends), List.copyOf(soft), List.copyOf(aliases));
  }

  private static void names(String value, String separator, List<String> into) {
    for (String name : value.split(separator)) {
      if (!name.isEmpty()) {
        into.add(canonical(name));
      }
    }
  }

  /** Dashes and underscores mean the same in module names. */
  static String canonical(String name) {
    return name.replace('-', '_');
  }
}
