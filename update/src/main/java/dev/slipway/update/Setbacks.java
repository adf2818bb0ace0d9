// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code slipway-boot confirm} reports of releases and boot loaders that did not work: one
 * line in a file for each kind, of the latest time. Somebody who has seen it removes the file.
 */
final class Setbacks {
  private static final int BYTES_MAX = 200;
  private static final Pattern SLOT = Pattern.compile("slot=([AB]) tries=([0-9]{1,3})");
  private static final Pattern LOADER = Pattern.compile("loader=(bios|efi)\\.([12])");

  private Setbacks() {}

  /** In sentences; a directory that is not there holds none. */
  static List<String> in(Path directory) throws IOException {
    var found = new ArrayList<String>();
    Matcher slot = match(directory.resolve("fell-back"), SLOT);
    if (slot != null) {
      found.add(
          "slot "
              + slot.group(1)
              + " was started "
              + slot.group(2)
              + " times and never confirmed, so the machine went back");
    }
    Matcher loader = match(directory.resolve("loader-failed"), LOADER);
    if (loader != null) {
      found.add(
          "the new boot loader for "
              + (loader.group(1).equals("bios") ? "BIOS" : "EFI")
              + " in place "
              + loader.group(2)
              + " was tried and did not get through");
    }
    return found;
  }

  private static Matcher match(Path report, Pattern pattern) throws IOException {
    if (!Files.isRegularFile(report) || Files.size(report) > BYTES_MAX) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(report);
    Matcher matcher = pattern.matcher(new String(bytes, StandardCharsets.UTF_8).strip());
    return matcher.matches() ? matcher : null;
  }
}
